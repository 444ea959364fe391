"""Faults planted in the product's own code turn the tests red: a wrong enum, an unknown nested key, a wrong type.

The code of the provider's room is read, changed in one place, and used in earnest; the judgement that every test ends
with has to find what Stripe would refuse, by both validators.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from billing import providers
from billing.providers import stripe as ours
from billing.providers.told import Unreachable, Wanted
from tests.billing.conftest import KEY
from tests.billing.stripe_api.judging import judge
from tests.billing.test_fake import buy, metered

FAULTS = {
    "a wrong enum": ('"proration_behavior": "always_invoice"', '"proration_behavior": "always"', "always"),
    "an unknown nested key": (
        '"quantity": wanted.seats}',
        '"quantity": wanted.seats, "colour": "red"}',
        "colour",
    ),
    "a wrong type": ('"quantity": wanted.seats}', '"quantity": f"{wanted.seats} seats"}', "3 seats"),
    "an unknown key": ('"cancel_at_period_end": cancels', '"cancel_at_end": cancels', "cancel_at_end"),
    "a wrong type of a truth": ('"cancel_at_period_end": cancels', '"cancel_at_period_end": "soon"', "soon"),
}


def planted(was: str, becomes: str) -> type[Any]:
    """The provider's class from a copy of its source with one thing changed."""
    source = Path(str(ours.__file__)).read_text("utf-8")
    assert was in source, f"{was} is not in the code any more: plant the fault elsewhere"
    module = ModuleType("planted")
    sys.modules["planted"] = module
    exec(compile(source.replace(was, becomes), "planted.py", "exec"), vars(module))
    found: type[Any] = module.Stripe
    return found


@pytest.fixture
def used(fake: Any, clock: Any, monkeypatch: Any) -> Iterator[Any]:
    """Use a changed copy of the code: preview, change and cancel as the product does."""
    who = buy(fake)
    sub = providers.provider().tell(who).subscription
    assert sub is not None
    wanted = Wanted(sub.items[0].reference, "team-month-eur", 3, metered(sub, "team-month-eur"))
    judge(fake)

    def use(was: str, becomes: str) -> None:
        kind = planted(was, becomes) if was else ours.Stripe
        made = kind(KEY, api=fake.address)
        fake.seen.clear()
        for act in (
            lambda: made.preview(subscription=sub.reference, wanted=wanted, at=clock.moment),
            lambda: made.change(
                subscription=sub.reference, wanted=wanted, at=clock.moment, key=becomes or "k"
            ),
            lambda: made.cancel(subscription=sub.reference, cancels=True),
        ):
            try:
                act()
            except Unreachable:
                continue

    yield use
    sys.modules.pop("planted", None)
    # What was said on purpose is not judged again with the fixture's end.
    fake.seen.clear()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_code_is_found(used: Any, fake: Any, fault: str) -> None:
    was, becomes, expected = FAULTS[fault]
    used(was, becomes)
    with pytest.raises(AssertionError) as red:
        judge(fake)
    said = str(red.value)
    assert expected in said
    assert "by the document" in said
    # The library's enums are open (any text is let through), so that a new word of the provider breaks no caller.
    assert ("by the library" in said) == (fault != "a wrong enum"), said


def test_the_code_as_it_stands_is_not_complained_of(used: Any, fake: Any) -> None:
    used("", "")
    assert fake.seen
    judge(fake)
