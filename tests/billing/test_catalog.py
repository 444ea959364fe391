"""The catalogue is whole: texts in both languages, prices in every currency, nothing shown without a use."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from django.utils import translation

from billing import catalog
from kernel.currencies import CURRENCIES
from tests.house import rules

PAID = catalog.paid()


@pytest.mark.parametrize("plan", catalog.PLANS.values(), ids=lambda plan: plan.key)
def test_every_plan_has_texts_in_both_languages(plan: catalog.Plan) -> None:
    for words in (plan.name, plan.words):
        with translation.override("en"):
            english = str(words)
        with translation.override("ru"):
            russian = str(words)
        assert english
        assert re.search(r"[а-яё]", russian, re.IGNORECASE), f"{english!r} has no Russian text"


@pytest.mark.parametrize("meter", catalog.METERS.values(), ids=lambda meter: meter.key)
def test_every_meter_has_texts_in_both_languages(meter: catalog.Meter) -> None:
    with translation.override("ru"):
        assert re.search(r"[а-яё]", str(meter.words), re.IGNORECASE), meter.key


def test_four_plans_are_offered_from_small_to_large() -> None:
    assert [plan.key for plan in catalog.offered()] == ["free", "start", "team", "business"]
    members = [plan.most_members for plan in catalog.offered()]
    assert members == sorted(members)


@pytest.mark.parametrize("plan", PAID, ids=lambda plan: plan.key)
def test_a_paid_plan_has_a_price_in_every_currency_and_interval(plan: catalog.Plan) -> None:
    for currency in catalog.CURRENCIES:
        assert currency in CURRENCIES
        monthly, yearly = plan.price("month", currency), plan.price("year", currency)
        assert 0 < monthly < yearly < 12 * monthly, "A year is cheaper than its months."


def test_a_larger_plan_is_never_cheaper_and_never_includes_less() -> None:
    for smaller, larger in pairwise(PAID):
        for key in smaller.seat:
            assert smaller.seat[key] < larger.seat[key]
        for meter in smaller.volumes:
            assert smaller.volumes[meter] <= larger.volumes[meter]


def test_security_and_the_way_out_are_on_every_plan() -> None:
    for plan in catalog.PLANS.values():
        assert set(catalog.ALWAYS) <= set(plan.features) <= set(catalog.FEATURES)


def test_limits_and_volumes_name_known_meters() -> None:
    for plan in catalog.offered():
        for key in (*plan.limits, *plan.volumes):
            assert key in catalog.METERS
        assert all(catalog.METERS[key].kind == "flow" for key in plan.volumes)


def test_meters_without_a_use_are_shown_nowhere() -> None:
    """A meter counts as used once some room reports it; the two must agree."""
    source = "\n".join(
        path.read_text("utf-8") for path in rules.python(("crm_core", "onboarding", "platform"))
    )
    reported = {key for key in catalog.METERS if re.search(rf'METER\w* = "{key}"|meter="{key}"', source)}
    assert {meter.key for meter in catalog.shown_meters()} == reported


def test_a_price_name_tells_plan_interval_and_currency() -> None:
    for plan in PAID:
        for interval, currency in plan.seat:
            key = catalog.lookup_key(plan.key, interval, currency)
            assert catalog.of_lookup_key(key) == (plan, interval, currency)
    for foreign in ("", "gold-month-eur", "team", "team-week-eur", "team-month-gbp", "free-month-eur"):
        with pytest.raises(LookupError):
            catalog.of_lookup_key(foreign)


def test_an_unknown_plan_is_a_lookup_error() -> None:
    with pytest.raises(LookupError):
        catalog.plan("gold")
