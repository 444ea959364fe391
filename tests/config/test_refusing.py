"""What is refused unread: networks that ask too fast, bodies that no page of ours sends."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from kernel import metrics
from kernel.errors import TooMany
from kernel.fairness import network

LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    network._held.clear()
    yield
    network._held.clear()


def visitor(address: str) -> Client:
    return Client(headers={"Host": settings.TEREM_DOMAIN}, REMOTE_ADDR=address)


def counted(reason: str) -> float:
    metrics.flush()
    field = f'terem_refusals_total{{reason="{reason}"}}'
    return float(metrics.line().hget(metrics.key(metrics.SUMS), field) or 0)  # type: ignore[arg-type]


@pytest.mark.usefixtures("database")
def test_a_network_in_a_hurry_waits_and_others_do_not(settings: Any) -> None:
    settings.TEREM_NETWORK_REQUESTS_PER_MINUTE = 20
    before = counted("network")
    hasty, other = visitor("203.0.113.5"), visitor("203.0.113.6")
    answers = [hasty.get(LOGIN) for _ in range(13)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 3
    refused = answers[10]
    assert 1 <= int(refused["Retry-After"]) <= 4
    assert refused["Content-Type"].startswith("text/html")
    assert "Content-Security-Policy" in refused
    assert any(answer["Content-Type"].startswith("text/plain") for answer in answers[11:]), (
        "a flood reads no pages"
    )
    assert other.get(LOGIN).status_code == 200
    assert hasty.get("/health/live").status_code == 200, "those who look after us are not counted"
    assert counted("network") == before + 3


def test_tokens_drip_in(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(network.time, "monotonic", lambda: clock[0])
    for _ in range(30):
        network.spend("203.0.113.5", allowed=60)
    with pytest.raises(TooMany) as refused:
        network.spend("203.0.113.5", allowed=60)
    clock[0] += refused.value.retry_after
    network.spend("203.0.113.5", allowed=60)
    with pytest.raises(TooMany):
        network.spend("203.0.113.5", allowed=60)
        network.spend("203.0.113.5", allowed=60)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("", ""),
        ("no address", ""),
    ],
)
def test_what_a_network_is(address: str, expected: str) -> None:
    assert network.of(address) == expected


def test_only_so_many_networks_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "REMEMBERED", 5)
    for number in range(20):
        network.spend(f"203.0.113.{number}", allowed=60)
    assert list(network._held) == [f"203.0.113.{number}" for number in range(15, 20)]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "text/xml", "application/octet-stream", ""]
)
def test_strange_bodies_are_refused(kind: str) -> None:
    before = counted("media")
    answer = visitor("203.0.113.9").generic("POST", LOGIN, b'{"login": "a@b.example"}', content_type=kind)
    assert answer.status_code == 415
    assert answer["Content-Type"].startswith("text/plain")
    assert counted("media") == before + 1


@pytest.mark.usefixtures("database")
def test_forms_empty_posts_and_signed_deliveries_are_read() -> None:
    page = visitor("203.0.113.10")
    assert page.post(LOGIN, {"login": secrets.token_hex(4)}).status_code == 422
    urlencoded = "application/x-www-form-urlencoded; charset=utf-8"
    assert page.generic("POST", LOGIN, b"login=x", content_type=urlencoded).status_code == 422
    assert page.generic("POST", LOGIN, b"", content_type="").status_code == 422
    delivered = page.generic("POST", "/webhooks/payments/", b"{}", content_type="application/json")
    assert delivered.status_code not in (200, 415), "read, and refused for want of a signature"
