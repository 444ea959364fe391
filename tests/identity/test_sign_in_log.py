"""Every proof of identity and every change of one is a line in the log and a figure, without what was typed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from identity import events
from kernel import metrics
from tests.identity.test_second_factor import set_up
from tests.support import device
from tests.support.visitor import Visitor, code_for

PASSWORD = "correct horse battery"


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What the log of identity has said since the last time."""
    caplog.set_level(logging.INFO, logger="terem.identity")

    def said() -> list[str]:
        found = [record.getMessage() for record in caplog.records if record.name == "terem.identity"]
        caplog.clear()
        return found

    return said


def counted(proof: str, outcome: str) -> float:
    metrics.flush()
    field = f'terem_proofs_total{{outcome="{outcome}",proof="{proof}"}}'
    return float(metrics.line().hget(metrics.key(metrics.SUMS), field) or 0)  # type: ignore[arg-type]


def test_every_try_is_logged_without_its_words(
    make: Callable[..., Any], lines: Callable[[], list[str]]
) -> None:
    anna = make()
    Visitor("192.0.2.7").sign_in(anna.email, "wrong wrong wrong")
    Visitor("192.0.2.7").sign_in(anna.email)
    said = lines()
    assert said[0].startswith("password refused, way ")
    assert said[1].startswith(f"password accepted, account {anna.pk}, way ")
    assert said[0].rpartition(" ")[2] == said[1].rpartition(" ")[2], "the same way is seen as the same"
    assert "192.0.2.7" not in " ".join(said)
    for typed in ("wrong wrong wrong", PASSWORD, anna.email):
        assert typed not in " ".join(said)


def test_codes_of_second_factors_and_of_letters_are_logged(
    make: Callable[..., Any], lines: Callable[[], list[str]]
) -> None:
    anna, visitor = make(confirmed=False), Visitor()
    visitor.sign_in(anna.email)
    visitor.fill("/account/code/", code="0000-0000")
    visitor.fill("/account/code/", code=code_for(anna.email))
    assert [line for line in lines() if line.startswith("mail code")] == [
        "mail code refused",
        "mail code accepted",
    ]
    secret, _codes = set_up(visitor)
    assert f"factor changed, account {anna.pk}" in lines()
    other = Visitor()
    other.sign_in(anna.email)
    other.fill("/account/second-factor/", code="000000")
    other.fill("/account/second-factor/", code=device.code(secret))
    said = [line for line in lines() if line.startswith("code")]
    assert said[0].startswith(f"code refused, account {anna.pk}, way ")
    assert said[1].startswith(f"code accepted, account {anna.pk}, way ")


def test_pauses_and_changes_are_logged(make: Callable[..., Any], lines: Callable[[], list[str]]) -> None:
    anna, visitor = make(), Visitor()
    visitor.sign_in(anna.email)
    visitor.fill("/account/password/", oldpassword=PASSWORD, password1="another good secret")
    assert f"password changed, account {anna.pk}" in lines()
    guesser = Visitor()
    for _ in range(6):
        guesser.sign_in(anna.email, "guess guess guess")
    assert [line.partition(",")[0] for line in lines()] == ["password refused"] * 5 + ["password paused"]


def test_figures_count_what_the_log_says(make: Callable[..., Any]) -> None:
    anna = make()
    before = {outcome: counted("password", outcome) for outcome in events.OUTCOMES}
    Visitor().sign_in(anna.email, "wrong wrong wrong")
    Visitor().sign_in(anna.email)
    assert counted("password", "refused") == before["refused"] + 1
    assert counted("password", "accepted") == before["accepted"] + 1
    assert counted("password", "paused") == before["paused"]
    assert 'terem_proofs_total{outcome="used again",proof="code"}' in metrics.rendered()
