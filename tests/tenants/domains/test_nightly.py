"""Every night the DNS is asked again: a lost record is warned of, and after some days the domain goes out of service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from config import nightly
from crm_core.events.models import Event
from kernel.ids import uuid7
from kernel.when import frozen, now
from tenants import api
from tenants.domains import naming
from tenants.domains.models import Domain
from tenants.domains.queries import domain_of
from tests.support.names import Names
from tests.support.tenants import Company

pytestmark = pytest.mark.usefixtures("command")


def fresh() -> str:
    return f"crm-{uuid7().hex[-10:]}.customer.example"


def after(days: float) -> Any:
    return frozen(now() + timedelta(days=days))


def status(host: str) -> int:
    return Client(HTTP_HOST=host).get("/").status_code


def told(company: Company) -> list[str]:
    with api.inside(company.tenant):
        found = Event.objects.filter(verb__startswith="operator.domain").order_by("id")
        return [verb.removeprefix("operator.") for verb in found.values_list("verb", flat=True)]


def test_warned_first_and_out_of_service_after_days(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names, mailoutbox: list[Any]
) -> None:
    company, host = own_tenant(), fresh()
    domain = claim(company, host, dns)
    api.make_primary_domain(tenant_id=company.tenant.id, domain_id=domain.id)
    assert api.recheck_domains(company.tenant) == 1
    assert mailoutbox == []

    dns.say(naming.proof_name(host), "TXT")
    with after(1):
        api.recheck_domains(company.tenant)
    (letter,) = mailoutbox
    assert letter.to == [f"owner@{company.tenant.slug}.example"]
    assert host in letter.subject
    assert f"http://{company.host}/settings/address/" in letter.body
    assert domain_of(company.tenant.id, domain.id).state == "failing"
    assert status(host) == 302, "it is still served"
    with after(2):
        api.recheck_domains(company.tenant)
    assert len(mailoutbox) == 1, "one warning, not one a night"

    with after(6.1):
        api.recheck_domains(company.tenant)
    assert len(mailoutbox) == 2
    assert "out of service" in mailoutbox[1].subject
    assert status(host) == 404
    assert status(company.host) == 302
    assert api.primary_host(company.tenant.id) == company.host
    assert domain_of(company.tenant.id, domain.id).state == "out"
    assert told(company) == ["domain_failing", "domain_out"]

    dns.prove(domain, edge="edge.terem.test")
    with after(7):
        api.recheck_domains(company.tenant)
    assert domain_of(company.tenant.id, domain.id).state == "ready"
    assert status(host) == 302
    assert told(company) == ["domain_failing", "domain_out", "domain_found"]


def test_a_record_put_back_ends_the_days(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names, mailoutbox: list[Any]
) -> None:
    company, host = own_tenant(), fresh()
    domain = claim(company, host, dns)
    dns.say(naming.proof_name(host), "TXT", '"something else"')
    with after(1):
        api.recheck_domains(company.tenant)
    dns.prove(domain)
    with after(3):
        api.recheck_domains(company.tenant)
    dns.say(naming.proof_name(host), "TXT")
    with after(7):
        api.recheck_domains(company.tenant)
    assert status(host) == 302, "the days begin anew"
    assert len(mailoutbox) == 2, "and so does the warning"


def test_silence_takes_nothing_away(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names, mailoutbox: list[Any]
) -> None:
    company, host = own_tenant(), fresh()
    domain = claim(company, host, dns)
    dns.failing = {naming.proof_name(host)}
    for days in (1, 3, 9):
        with after(days):
            api.recheck_domains(company.tenant)
    assert status(host) == 302
    assert mailoutbox == []
    assert domain_of(company.tenant.id, domain.id).state != "failing"


def test_the_way_counts_only_for_the_main_address(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names, mailoutbox: list[Any]
) -> None:
    company, host = own_tenant(), fresh()
    domain = claim(company, host, dns)
    dns.say(host, "CNAME", "elsewhere.example.")
    with after(1):
        api.recheck_domains(company.tenant)
    assert mailoutbox == []
    dns.say(host, "CNAME", "edge.terem.test.")
    with after(2):
        api.recheck_domains(company.tenant)
    api.make_primary_domain(tenant_id=company.tenant.id, domain_id=domain.id)
    dns.say(host, "CNAME", "elsewhere.example.")
    with after(3):
        api.recheck_domains(company.tenant)
    assert len(mailoutbox) == 1


def test_the_record_is_found_by_night_and_old_wishes_are_left_alone(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names
) -> None:
    company = own_tenant()
    domain = claim(company, fresh())
    dns.prove(domain)
    slice_number = company.tenant.id.int % nightly.SLICES
    nightly.run(slice_number)
    assert domain_of(company.tenant.id, domain.id).state == "proved"
    assert told(company) == ["domain_found"]
    forgotten = claim(company, fresh())
    with after(31):
        assert api.recheck_domains(company.tenant) == 1, "the proved one only"
    assert domain_of(company.tenant.id, forgotten.id).domain.checked_at is None


def test_a_letter_that_is_refused_is_sent_the_next_night(
    own_tenant: Callable[..., Company],
    claim: Callable[..., Domain],
    dns: Names,
    mailoutbox: list[Any],
    settings: Any,
) -> None:
    company, host = own_tenant(), fresh()
    claim(company, host, dns)
    dns.say(naming.proof_name(host), "TXT")
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.tenants.domains.test_nightly.Refusing"
    with after(1):
        api.recheck_domains(company.tenant)
    settings.EMAIL_BACKEND = working
    with after(2):
        api.recheck_domains(company.tenant)
    assert len(mailoutbox) == 1


class Refusing:
    """A mail server that is down."""

    def __init__(self, *args: Any, **options: Any) -> None:
        pass

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("mail server down")
