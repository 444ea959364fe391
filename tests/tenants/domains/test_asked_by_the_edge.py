"""The edge asks whether a name may have a certificate: yes, or 404 for everything and everybody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kernel import metrics
from kernel.ids import uuid7
from tenants import api, directory, edge
from tenants.domains.models import Domain
from tests.support.names import Names
from tests.support.tenants import Company

pytestmark = pytest.mark.usefixtures("command")
TOKEN = "edge-token-of-the-tests"


@pytest.fixture(autouse=True)
def token(settings: Any) -> None:
    settings.TEREM_EDGE_TOKEN = TOKEN


def ask(domain: str, token: str = TOKEN, host: str = "127.0.0.1:8000", **headers: Any) -> int:
    answer = Client(HTTP_HOST=host).get(
        edge.PATH, {"token": token, "domain": domain}, headers=headers or None
    )
    assert answer.content == b""
    assert answer.status_code in (200, 404)
    return int(answer.status_code)


def test_who_may_have_one(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names
) -> None:
    company, host = own_tenant(), f"crm-{uuid7().hex[-10:]}.customer.example"
    domain = claim(company, host)
    assert ask(host) == 404, "asked for, but not proved"
    dns.prove(domain, edge="edge.terem.test")
    api.note_domain(tenant_id=company.tenant.id, domain_id=domain.id, found=api.ask_dns(host, domain.token))
    for name in (host, host.upper(), f"{host}.", company.host, "terem.test", "operator.terem.test"):
        assert ask(name) == 200, name
    for name in (
        "",
        "nobody.terem.test",
        f"deeper.{host}",
        "customer.example",
        "127.0.0.1",
        "[::1]",
        "x" * 300,
    ):
        assert ask(name) == 404, name
    api.remove_domain(tenant_id=company.tenant.id, domain_id=domain.id)
    assert ask(host) == 404


def test_only_the_edge_is_answered(companies: tuple[Company, Company], settings: Any) -> None:
    name = companies[0].host
    assert ask(name) == 200
    assert ask(name, host=name) == 200, "whatever host it is asked at"
    assert ask(name, token="") == 404
    assert ask(name, token="wrong") == 404
    assert ask(name, **{"x-forwarded-for": "203.0.113.9"}) == 404, "through the edge, so from outside"
    assert Client(HTTP_HOST=name).post(f"{edge.PATH}?token={TOKEN}&domain={name}").status_code == 404
    settings.TEREM_EDGE_TOKEN = ""
    assert ask(name, token="") == 404


def test_invented_names_cost_a_bounded_number_of_looks(
    companies: tuple[Company, Company], monkeypatch: Any
) -> None:
    name = companies[0].host
    assert ask(name) == 200
    monkeypatch.setattr(edge.time, "monotonic", lambda: 1000.5)
    monkeypatch.setattr(directory.time, "monotonic", lambda: 1000.5)
    directory._memory[f"host:{name}"] = (1002.0, directory.by_host(name))
    looked: list[str] = []
    original = directory.by_host
    monkeypatch.setattr(directory, "by_host", lambda host: looked.append(host) or original(host))
    for number in range(edge.LOOKS_A_SECOND + 30):
        assert ask(f"invented-{number}.example") == 404
    assert len(looked) <= edge.LOOKS_A_SECOND
    assert ask(name) == 200, "names that answer go on"


def test_it_is_counted(companies: tuple[Company, Company]) -> None:
    ask(companies[0].host)
    ask("nobody.terem.test")
    ask("nobody.terem.test", token="wrong")
    text = metrics.rendered()
    for said in ("yes", "no", "stranger"):
        assert f'terem_edge_asked_total{{answer="{said}"}}' in text
    assert 'terem_domains{state="served"}' in text
