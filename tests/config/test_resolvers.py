"""DNS servers in the settings: addresses in figures with their ports, and a sentence for everything else."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


@pytest.fixture(autouse=True)
def undeclared(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read here is no setting of the product."""
    monkeypatch.setattr(env, "DECLARED", {})


def test_addresses_with_and_without_port(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "192.0.2.53 192.0.2.54:5353 [2001:db8::53] [2001:db8::54]:5353"
    monkeypatch.setenv("TRIED", said)
    assert env.servers("TRIED", "…") == (
        ("192.0.2.53", 53),
        ("192.0.2.54", 5353),
        ("2001:db8::53", 53),
        ("2001:db8::54", 5353),
    )
    assert env.servers("NOT_SAID", "…") == ()


@pytest.mark.parametrize(
    "said", ["dns.example", "192.0.2.53:x", "192.0.2.53:70000", "2001:db8::53", "192.0.2"]
)
def test_anything_else_stops_the_start(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("TRIED", said)
    with pytest.raises(ImproperlyConfigured, match="TRIED must hold addresses"):
        env.servers("TRIED", "…")
