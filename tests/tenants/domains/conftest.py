"""A DNS that says what the test wrote down, and companies that are committed for real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kernel import context
from tenants import api
from tenants.domains.models import Domain
from tests.support import names
from tests.support.tenants import Company


@pytest.fixture
def dns(settings: Any) -> Iterator[names.Names]:
    with names.running() as running:
        settings.TEREM_DNS = running.setting
        settings.TEREM_EDGE = "edge.terem.test"
        yield running


@pytest.fixture
def command(database: None) -> Iterator[None]:
    with context.enter(context.Context(cause="command")):
        yield


@pytest.fixture
def claim() -> Callable[..., Domain]:
    """Let a company ask for a domain; with ``dns`` it is proved, leads here and is in service."""

    def make(company: Company, host: str, dns: names.Names | None = None) -> Domain:
        made = api.add_domain(tenant_id=company.tenant.id, name=host, by="owner@example.com")
        if dns is None:
            return made
        dns.prove(made, edge="edge.terem.test")
        return check(company, made)

    return make


def check(company: Company, domain: Domain) -> Domain:
    """Ask the DNS and keep what it says."""
    return api.note_domain(
        tenant_id=company.tenant.id, domain_id=domain.id, found=api.ask_dns(domain.host, domain.token)
    )
