"""Opening, suspending, resuming, closing; what a visitor sees; what waits and what is gone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from kernel import context
from kernel.errors import Conflict, Invalid, NotFound
from kernel.fairness import shared
from tenants import actions, api, directory, schemas
from tenants.models import Blank, Tenant
from tests.support.afresh import no_redis
from tests.support.tenants import Company


@pytest.fixture(autouse=True)
def command(database: None) -> Any:
    with context.enter(context.Context(cause="command")):
        yield


def get(host: str, path: str = "/") -> Any:
    return Client(HTTP_HOST=host).get(path)


def test_unknown_host_gets_a_neutral_page() -> None:
    for host in ("nobody.terem.test", "other.example", "ACME.terem.test.evil.example", "[::1]", ""):
        answer = get(host)
        assert answer.status_code == 404
        assert b"Acme" not in answer.content


def test_host_is_normalised(companies: tuple[Company, Company]) -> None:
    for host in ("acme.terem.test", "ACME.Terem.Test", "acme.terem.test.", "acme.terem.test:8000"):
        assert get(host).status_code == 302


def test_forwarded_host_does_not_choose_the_tenant(companies: tuple[Company, Company]) -> None:
    answer = Client(HTTP_HOST="nobody.terem.test", HTTP_X_FORWARDED_HOST="acme.terem.test").get("/")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("ab", "3 to 40"),
        ("-abc", "3 to 40"),
        ("a--b", "3 to 40"),
        ("Acme", "3 to 40"),
        ("a-line\n", "3 to 40"),
        ("www", "reserved"),
        ("acme", "taken"),
    ],
)
def test_addresses_that_cannot_be_had(companies: tuple[Company, Company], slug: str, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        api.check_slug(slug)
    assert words in str(caught.value)


def test_two_people_with_the_same_address_at_once() -> None:
    def open_it(_: int) -> str:
        try:
            with context.enter(context.Context(cause="command")):
                api.open_tenant(slug="same-moment", name="Same", language="en", zone="UTC", currency="EUR")
            return "opened"
        except Invalid:
            return "taken"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        results = sorted(pool.map(open_it, range(4)))
    assert results == ["opened", "taken", "taken", "taken"]


def test_a_taken_address_leaves_no_schema_behind(own_tenant: Callable[..., Company]) -> None:
    """Also where the reserve is used up and the schema was made for the occasion."""
    company = own_tenant("Had before")
    held = list(Blank.objects.all())
    Blank.objects.all().delete()
    try:
        with schemas.owner() as connection:
            count = "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^t_'"
            before = connection.execute(count).fetchone()
            with pytest.raises(Invalid):
                api.open_tenant(
                    slug=company.tenant.slug, name="Late", language="en", zone="UTC", currency="EUR"
                )
            assert connection.execute(count).fetchone() == before
    finally:
        Blank.objects.bulk_create(held)


def test_suspended_workspace_says_so_and_opens_again(own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Suspended")
    assert get(company.host).status_code == 302
    api.suspend(tenant_id=company.tenant.id, reason="The invoice is open.")
    answer = get(company.host)
    assert answer.status_code == 402
    assert "Suspended" in answer.content.decode()
    with pytest.raises(Conflict):
        api.suspend(tenant_id=company.tenant.id, reason="Again")
    api.resume(tenant_id=company.tenant.id)
    assert get(company.host).status_code == 302
    with pytest.raises(Conflict):
        api.resume(tenant_id=company.tenant.id)


def test_suspending_needs_a_reason(own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Reason")
    with pytest.raises(Invalid):
        api.suspend(tenant_id=company.tenant.id, reason="  ")
    assert Tenant.objects.get(id=company.tenant.id).status == Tenant.Status.ACTIVE


def test_closing_leaves_a_tombstone_and_nothing_else(own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Closing")
    name = company.tenant.schema_name
    api.close(tenant_id=company.tenant.id, reason="Asked to.")
    api.close(tenant_id=company.tenant.id, reason="A second time changes nothing.")
    assert get(company.host).status_code == 404
    with schemas.owner() as connection:
        assert connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [name]).fetchone() is None
        assert connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is None
    kept = Tenant.objects.get(id=company.tenant.id)
    assert kept.status == Tenant.Status.CLOSED
    api.check_slug(company.tenant.slug)
    with pytest.raises(NotFound):
        api.set_lease(tenant_id=kept.id, lease={})


def test_directory_answers_without_redis(
    companies: tuple[Company, Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    no_redis(monkeypatch)
    directory._memory.clear()
    try:
        assert get("acme.terem.test").status_code == 302
    finally:
        shared._resting_until[0] = 0.0


def test_change_is_seen_at_once_in_this_process(own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Before")
    found = directory.by_host(company.host)
    assert found is not None
    assert found.name == "Before"
    actions.rename(tenant_id=company.tenant.id, name="After")
    again = directory.by_host(company.host)
    assert again is not None
    assert again.name == "After"
    assert again.version > found.version


def test_a_change_while_the_registry_is_read_is_not_covered_by_the_former_state(
    own_tenant: Callable[..., Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's read ends after the change: what it found is told to nobody."""
    company = own_tenant("Read before")
    directory.forget(company.tenant)
    read = directory._from_registry

    def slowly(kind: str, name: str) -> Any:
        found = read(kind, name)
        actions.rename(tenant_id=company.tenant.id, name="Changed after")
        return found

    with monkeypatch.context() as slow:
        slow.setattr(directory, "_from_registry", slowly)
        former = directory.by_host(company.host)
    assert former is not None and former.name == "Read before"
    for _once_read_and_once_shared in range(2):
        directory._memory.clear()
        found = directory.by_host(company.host)
        assert found is not None and found.name == "Changed after"
    monkeypatch.setattr(directory, "_from_registry", lambda kind, name: pytest.fail("it was not shared"))
    directory._memory.clear()
    assert directory.by_host(company.host) == found


def test_a_change_that_redis_did_not_hear_of_is_told_when_it_answers_again(
    own_tenant: Callable[..., Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis holds an entry for minutes: a workspace that was suspended meanwhile is not served from it so long."""
    company = own_tenant("Unheard")
    directory._memory.clear()
    assert directory.by_host(company.host) is not None
    with monkeypatch.context() as away:
        no_redis(away)
        api.suspend(tenant_id=company.tenant.id, reason="The invoice is open.")
    directory.by_host("whoever-comes-next.terem.test")
    # Another process, which has asked nobody yet.
    directory._memory.clear()
    found = directory.by_host(company.host)
    assert found is not None and found.status == Tenant.Status.SUSPENDED
