"""What sales shows on other rooms' pages, and the trash."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from crm_core.activities.actions import plan
from crm_core.sales import actions, queries
from crm_core.sales.models import Deal
from crm_core.sales.views import panels
from kernel.when import today


@pytest.fixture
def request_of(rf: Any) -> Any:
    """A request of a member, as panels get it."""

    def make(member: Any) -> Any:
        request = rf.get("/")
        request.member = member
        request.urlconf = "config.urls_workspace"
        return request

    return make


@pytest.fixture(autouse=True)
def workspace_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "config.urls_workspace"


def test_a_clients_deals_stand_with_stage_and_amount(
    request_of: Any, member: Any, deal: Any, company: Any
) -> None:
    panel = panels.deals_of_client(request_of(member), company)
    for words in ("Lobby lighting", "€18,400", "Qualification", f"client={company.id}"):
        assert words in panel


def test_a_panel_says_that_there_is_nothing_yet(request_of: Any, member: Any, company: Any) -> None:
    assert "No deals yet" in panels.deals_of_client(request_of(member), company)


def test_foreign_deals_and_missing_rights_show_nothing(
    request_of: Any, make_member: Any, deal: Any, company: Any
) -> None:
    seller = make_member(rights=["sales.view"], visibility="own")
    assert "Lobby lighting" not in panels.deals_of_client(request_of(seller), company)
    assert panels.deals_of_client(request_of(make_member()), company) == ""
    assert panels.month_figures(request_of(make_member())) == ""


def test_own_deals_without_a_step_are_named(request_of: Any, member: Any, deal: Any) -> None:
    assert "Lobby lighting" in panels.deals_without_step(request_of(member))
    plan(by=member, title="Call", kind="call", card_id=deal.pk)
    assert panels.deals_without_step(request_of(member)) == ""


def test_figures_of_the_month_count_won_open_and_likely(
    request_of: Any, member: Any, make_deal: Any, sales: Any, deal: Any
) -> None:
    won = make_deal(name="Won one", amount_minor=700_00, currency="EUR")
    actions.win(by=member, id=won.pk, reason_id=sales.reason("won").id)
    Deal.objects.filter(pk=deal.pk).update(expected_on=today("UTC"))
    found = queries.month_figures(member, today("UTC"))
    assert found["won"].amounts["EUR"].minor == 700_00
    assert found["open"].amounts["EUR"].minor == 18_400_00
    assert found["likely"].weighted["EUR"].minor == 3_680_00
    assert "€700" in panels.month_figures(request_of(member))


def test_a_trashed_deal_leaves_every_figure_and_comes_back(
    browser: Any, url: Any, deal: Any, member: Any
) -> None:
    browser.post(url("records:trashing", deal.pk))
    assert browser.get(url("deal", deal.pk)).status_code == 404
    assert queries.forecast(member, today("UTC")).total.count == 0
    browser.post(url("records:restoring", deal.pk))
    assert browser.get(url("deal", deal.pk)).status_code == 200


def test_clients_lists_show_what_is_open(browser: Any, url: Any, deal: Any) -> None:
    page = browser.get(url("clients:companies") + "?draw=table&columns=name,deals").content.decode()
    assert "€18,400" in page
    assert "Harbour" in browser.get(url("clients:companies") + "?deals.is=yes").content.decode()
    assert (
        "Harbour House Hotels" not in browser.get(url("clients:companies") + "?deals.is=no").content.decode()
    )


def test_month_names_read_well_in_both_languages() -> None:
    from datetime import date

    from django.utils import translation

    with translation.override("ru"):
        assert panels.month_name(date(2026, 11, 1)) == "ноябрь"
    with translation.override("en"):
        assert panels.month_name(date(2026, 11, 1)) == "November"


def test_deal_kind_names_its_client(deal: Any, company: Any) -> None:
    from crm_core.records import registry

    assert registry.kind("deal").client_of(deal.pk) == company.id
    assert SimpleNamespace(url=registry.kind("deal").show).url == "sales:deal"
