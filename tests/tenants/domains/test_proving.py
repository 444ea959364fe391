"""Proving a domain by its record: every answer of the DNS, and two companies that want the same name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kernel.errors import Conflict, Invalid, NotFound
from kernel.ids import uuid7
from tenants import api, directory
from tenants.domains import asking, naming, owning
from tenants.domains.models import Domain
from tenants.domains.queries import domain_of, domains_of
from tenants.models import Address
from tests.support.names import Names
from tests.support.tenants import Company
from tests.tenants.domains.conftest import check

pytestmark = pytest.mark.usefixtures("command")
Answer = Domain.Answer


def fresh(words: str = "crm") -> str:
    return f"{words}-{uuid7().hex[-10:]}.customer.example"


def status(host: str) -> int:
    return Client(HTTP_HOST=host).get("/").status_code


def test_only_the_right_record_proves_it(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names
) -> None:
    company, host = own_tenant(), fresh()
    domain = claim(company, host)
    assert domain.proof == domain.pointing == Answer.WAITING
    assert status(host) == 404, "nothing answers before the proof"

    assert check(company, domain).proof == Answer.MISSING
    dns.say(naming.proof_name(host), "TXT", '"terem-verification=somebody-elses"', '"v=spf1 -all"')
    found = check(company, domain)
    assert found.proof == Answer.WRONG
    assert "somebody-elses" in found.seen
    assert "v=spf1 -all" in found.seen
    assert status(host) == 404
    assert domain_of(company.tenant.id, domain.id).state == "waiting"

    dns.prove(domain)
    found = check(company, domain)
    assert found.proof == Answer.FOUND
    assert found.pointing == Answer.MISSING
    assert found.seen == ""
    assert domain_of(company.tenant.id, domain.id).state == "proved"
    assert status(host) == 302, "the directory forgot that nobody answered here"

    dns.say(host, "CNAME", "edge.terem.test.")
    assert check(company, domain).pointing == Answer.FOUND
    assert domain_of(company.tenant.id, domain.id).state == "ready"


def test_silence_is_no_answer(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names, monkeypatch: Any
) -> None:
    monkeypatch.setattr(asking, "PATIENCE_SECONDS", 0.6)
    monkeypatch.setattr(asking, "TRY_SECONDS", 0.2)
    company, host = own_tenant(), fresh()
    domain = claim(company, host, dns)
    assert domain.verified_at is not None
    dns.silent = {naming.proof_name(host)}
    found = check(company, domain)
    assert (found.proof, found.pointing) == (Answer.SILENT, Answer.SILENT)
    assert found.failing_since is None, "an outage of the DNS proves nothing against the company"
    assert status(host) == 302
    dns.silent, dns.failing = set(), {naming.proof_name(host)}
    assert check(company, domain).proof == Answer.SILENT


@pytest.mark.parametrize(
    ("records", "answer", "seen"),
    [
        ({("CNAME"): ["edge.terem.test."]}, Answer.FOUND, ""),
        ({("CNAME"): ["other.example."]}, Answer.WRONG, "other.example"),
        ({("A"): ["192.0.2.10"]}, Answer.FOUND, ""),
        ({("A"): ["192.0.2.10"], "AAAA": ["2001:db8::10"]}, Answer.FOUND, ""),
        ({("A"): ["192.0.2.10", "198.51.100.1"]}, Answer.WRONG, "198.51.100.1"),
        ({("AAAA"): ["2001:db8::bad"]}, Answer.WRONG, "2001:db8::bad"),
        ({}, Answer.MISSING, ""),
    ],
)
def test_the_way_here_by_name_or_by_address(
    dns: Names, records: dict[str, list[str]], answer: str, seen: str
) -> None:
    host = fresh()
    dns.say("edge.terem.test", "A", "192.0.2.10")
    dns.say("edge.terem.test", "AAAA", "2001:db8::10")
    dns.say(naming.proof_name(host), "TXT", f'"{naming.proof_value("token")}"')
    for kind, values in records.items():
        dns.say(host, kind, *values)
    found = asking.ask(host, "token")
    assert found.proof == Answer.FOUND
    assert found.pointing == answer
    assert seen in found.pointed_at


def test_a_long_value_comes_in_parts(dns: Names) -> None:
    host = fresh()
    dns.say(naming.proof_name(host), "TXT", '"terem-verif" "ication=token"')
    assert asking.ask(host, "token").proof == Answer.FOUND


def test_two_ask_and_the_one_who_proves_it_has_it(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names
) -> None:
    first, second, host = own_tenant("First"), own_tenant("Second"), fresh()
    mine, theirs = claim(first, host), claim(second, host)
    assert mine.token != theirs.token
    dns.prove(theirs, edge="edge.terem.test")
    assert check(first, mine).verified_at is None, "the other one's record proves nothing for us"
    assert check(second, theirs).verified_at is not None
    entry = directory.by_host(host)
    assert entry is not None
    assert entry.id == second.tenant.id

    dns.prove(mine, edge="edge.terem.test")
    found = check(first, mine)
    assert found.proof == Answer.TAKEN
    assert found.verified_at is None
    assert Address.objects.get(host=host).tenant_id == second.tenant.id

    api.remove_domain(tenant_id=second.tenant.id, domain_id=theirs.id)
    assert check(first, mine).verified_at is not None
    entry = directory.by_host(host)
    assert entry is not None
    assert entry.id == first.tenant.id


def test_what_cannot_be_asked_for(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names
) -> None:
    first, second, host = own_tenant("First"), own_tenant("Second"), fresh()
    claim(first, host, dns)
    with pytest.raises(Invalid) as caught:
        claim(second, host.upper())
    assert "First" not in str(caught.value)
    assert first.tenant.slug not in str(caught.value)
    with pytest.raises(Invalid, match="in the list already"):
        claim(first, host)
    for number in range(owning.MOST):
        claim(second, fresh(f"n{number}"))
    with pytest.raises(Invalid, match="at most"):
        claim(second, fresh())


def test_nobody_reaches_anothers_domain_by_its_id(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names
) -> None:
    mine, theirs = own_tenant("Mine"), own_tenant("Theirs")
    domain = claim(theirs, fresh(), dns)
    for verb in (api.remove_domain, api.make_primary_domain, api.domain_of):
        with pytest.raises(NotFound):
            if verb is api.domain_of:
                api.domain_of(mine.tenant.id, domain.id)
            else:
                verb(tenant_id=mine.tenant.id, domain_id=domain.id)
    with pytest.raises(NotFound):
        check(mine, domain)
    assert len(domains_of(theirs.tenant.id)) == 1


def test_the_main_address_and_back(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names
) -> None:
    company, host = own_tenant(), fresh()
    domain = claim(company, host)
    with pytest.raises(Conflict):
        api.make_primary_domain(tenant_id=company.tenant.id, domain_id=domain.id)
    dns.prove(domain)
    check(company, domain)
    with pytest.raises(Conflict):
        api.make_primary_domain(tenant_id=company.tenant.id, domain_id=domain.id)
    dns.prove(domain, edge="edge.terem.test")
    check(company, domain)
    before = directory.by_host(company.host)
    assert before is not None
    assert before.host == company.host
    assert api.make_primary_domain(tenant_id=company.tenant.id, domain_id=domain.id) == host
    for at in (host, company.host):
        entry = directory.by_host(at)
        assert entry is not None
        assert entry.host == host, "links lead to the main address wherever one is"
        assert entry.version > before.version
    with api.inside(company.tenant) as here:
        assert here.tenant is not None
        assert here.tenant.host == host
    assert status(company.host) == status(host) == 302, "both answer"

    api.remove_domain(tenant_id=company.tenant.id, domain_id=domain.id)
    assert status(host) == 404
    assert api.primary_host(company.tenant.id) == company.host
    assert status(company.host) == 302


def test_a_closed_company_gives_its_domains_up(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names
) -> None:
    gone, other, host = own_tenant("Gone"), own_tenant("Other"), fresh()
    claim(gone, host, dns)
    api.close(tenant_id=gone.tenant.id, reason="The test is over.")
    assert not Domain.objects.filter(host=host).exists()
    assert status(host) == 404
    assert claim(other, host, dns).verified_at is not None


def test_transport_is_demanded_for_the_domain_alone(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names, settings: Any
) -> None:
    settings.SECURE_HSTS_SECONDS = 31536000
    company, host = own_tenant(), fresh()
    claim(company, host, dns)
    asked = {at: Client(HTTP_HOST=at).get("/", secure=True) for at in (host, company.host)}
    assert asked[host]["Strict-Transport-Security"] == "max-age=31536000", (
        "below it everything is the customer's"
    )
    assert "includeSubDomains" in asked[company.host]["Strict-Transport-Security"]
