"""The switch survives everything that makes stock wrappers read another tenant's rows."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connections, transaction
from django.db.models import Max

from crm_core.team.models import Member, Role, Team
from kernel import context
from kernel.errors import NoContext
from kernel.models import WrongTenant
from tenants import api
from tenants.database.base import DatabaseWrapper
from tests.support.tenants import Company

pytestmark = pytest.mark.usefixtures("database")


def marker(company: Company) -> str:
    """What only this company's rows hold."""
    return company.tenant.schema_name


@pytest.fixture(autouse=True)
def marked(companies: tuple[Company, Company], database: None) -> Any:
    for company in companies:
        with api.inside(company.tenant):
            Team.objects.get_or_create(name=marker(company))
    yield
    for company in companies:
        with api.inside(company.tenant):
            Team.objects.filter(name=marker(company)).delete()


def seen() -> set[str]:
    return set(Team.objects.filter(name__startswith="t_").values_list("name", flat=True))


def test_missing_context_raises() -> None:
    with pytest.raises(NoContext):
        Team.objects.count()
    with context.enter(context.Context()), pytest.raises(NoContext):
        Team.objects.count()


def test_context_decides_whatever_was_applied_before(companies: tuple[Company, Company]) -> None:
    for company in (*companies, *companies):
        with api.inside(company.tenant):
            assert seen() == {marker(company)}


def test_rollback_does_not_bring_back_the_former_tenant(companies: tuple[Company, Company]) -> None:
    acme, beta = companies
    with api.inside(acme.tenant):
        assert seen() == {marker(acme)}
    with api.inside(beta.tenant):
        with pytest.raises(RuntimeError), transaction.atomic(using="tenant"):
            assert seen() == {marker(beta)}
            raise RuntimeError
        assert seen() == {marker(beta)}
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(using="tenant"),
            connections["tenant"].cursor() as cursor,
        ):
            cursor.execute("SELECT 1/0")
        assert seen() == {marker(beta)}


def test_savepoint_rollback_keeps_the_tenant(companies: tuple[Company, Company]) -> None:
    acme, beta = companies
    with api.inside(acme.tenant):
        seen()
    with api.inside(beta.tenant), transaction.atomic(using="tenant"):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(using="tenant"),
            connections["tenant"].cursor() as cursor,
        ):
            cursor.execute("SELECT 1/0")
        assert seen() == {marker(beta)}


def test_tenant_cannot_change_inside_a_transaction(companies: tuple[Company, Company]) -> None:
    acme, beta = companies
    with api.inside(acme.tenant), transaction.atomic(using="tenant"):
        assert seen() == {marker(acme)}
        with api.inside(beta.tenant), pytest.raises(DatabaseError, match="cannot change inside"):
            seen()
        assert seen() == {marker(acme)}


def test_cancelled_statement(companies: tuple[Company, Company]) -> None:
    acme, beta = companies
    with api.inside(acme.tenant):
        seen()
    with api.inside(beta.tenant):
        assert seen() == {marker(beta)}
        raw = connections["tenant"].connection
        timer = threading.Timer(0.2, raw.cancel_safe)
        timer.start()
        with pytest.raises(DatabaseError), connections["tenant"].cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        timer.join()
        assert seen() == {marker(beta)}


@pytest.mark.parametrize("step", range(3))
def test_switch_that_fails_closes_the_connection(
    companies: tuple[Company, Company], monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    acme, beta = companies
    with api.inside(acme.tenant):
        assert seen() == {marker(acme)}
    wrapper: Any = connections["tenant"]
    original = DatabaseWrapper._switch

    def fail(self: Any, schema: str, timeout: int) -> None:
        if step == 0:
            raise RuntimeError("before anything was sent")
        if step == 1:
            self.connection.pgconn.exec_(b"SET search_path = pg_catalog; SELECT 1/0")
            raise RuntimeError("half way")
        original(self, schema, timeout)
        raise RuntimeError("after all was sent")

    monkeypatch.setattr(DatabaseWrapper, "_switch", fail)
    with api.inside(beta.tenant), pytest.raises(RuntimeError):
        seen()
    assert wrapper.connection is None
    monkeypatch.undo()
    with api.inside(beta.tenant):
        assert seen() == {marker(beta)}


def test_killed_backend(companies: tuple[Company, Company], test_run: Any) -> None:
    acme, beta = companies
    with api.inside(acme.tenant):
        seen()
        pid = connections["tenant"].connection.info.backend_pid
    with psycopg.connect(test_run.servers.postgres.superuser_dsn, autocommit=True) as administrator:
        administrator.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])
    with api.inside(beta.tenant):
        with pytest.raises(DatabaseError):
            seen()
        connections["tenant"].close_if_unusable_or_obsolete()
        assert seen() == {marker(beta)}


def test_role_that_is_gone_is_an_error_and_not_somebody_else(companies: tuple[Company, Company]) -> None:
    from dataclasses import replace

    acme = companies[0]
    with api.inside(acme.tenant) as here:
        assert seen() == {marker(acme)}
        assert here.tenant is not None
        ghost = replace(here, tenant=replace(here.tenant, schema="t_00000000000000000000"))
        with context.enter(ghost), pytest.raises(DatabaseError):
            seen()
        assert seen() == {marker(acme)}


def test_threads_never_mix(companies: tuple[Company, Company]) -> None:
    def work(number: int) -> bool:
        company = companies[number % 2]
        try:
            with api.inside(company.tenant):
                right = seen() == {marker(company)}
                if number % 5 == 0:
                    try:
                        with transaction.atomic(using="tenant"), connections["tenant"].cursor() as cursor:
                            cursor.execute("SELECT 1/0")
                    except DatabaseError:
                        pass
                return right and seen() == {marker(company)}
        finally:
            if number % 7 == 0:
                connections["tenant"].close()

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(work, range(240)))
        for _ in range(6):
            pool.submit(connections.close_all)
    assert all(results) and len(results) == 240


def test_forked_children_do_not_share_the_socket(companies: tuple[Company, Company]) -> None:
    acme, beta = companies
    with api.inside(acme.tenant):
        assert seen() == {marker(acme)}
    children = []
    for number in range(4):
        pid = os.fork()
        if pid == 0:
            os._exit(_in_child(companies[number % 2]))
        children.append(pid)
    with api.inside(beta.tenant):
        rights = [seen() == {marker(beta)} for _ in range(50)]
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
    assert codes == [0] * 4 and all(rights)


def _in_child(company: Company) -> int:
    try:
        entry = context.TenantRef(
            id=company.tenant.id,
            schema=company.tenant.schema_name,
            slug=company.tenant.slug,
            name="",
            status="active",
            release="",
            version=1,
            host="",
        )
        for _ in range(50):
            with context.enter(context.Context(tenant=entry)):
                if seen() != {marker(company)}:
                    return 3
        return 0
    except BaseException:
        return 4


@pytest.mark.parametrize(
    "use",
    [
        list,
        lambda rows: list(rows.filter(system=True)),
        lambda rows: list(rows[:1]),
        lambda rows: list(rows.values("id")),
        lambda rows: list(rows.iterator()),
        lambda rows: list(rows | Role.objects.all()),
        lambda rows: list(Member.objects.filter(role__in=rows)),
        lambda rows: rows.first(),
        lambda rows: rows.sole(),
        lambda rows: rows.get(system=True),
        lambda rows: rows.in_bulk(),
        lambda rows: rows.count(),
        lambda rows: rows.exists(),
        lambda rows: rows.aggregate(last=Max("position")),
        lambda rows: rows.update(name="Another company's"),
        lambda rows: rows.delete(),
    ],
)
def test_lazy_query_of_one_tenant_is_not_used_in_another(
    companies: tuple[Company, Company], use: Callable[[Any], Any]
) -> None:
    acme, beta = companies
    with api.inside(acme.tenant):
        lazy = Role.objects.all()
    with api.inside(beta.tenant), pytest.raises(WrongTenant), transaction.atomic(using="tenant"):
        use(lazy)
        transaction.set_rollback(True, using="tenant")


def test_lazy_query_of_nobody_belongs_to_who_asks_first(companies: tuple[Company, Company]) -> None:
    """Fields of forms hold queries that were written when the code was loaded."""
    lazy = Role.objects.all()
    for company in companies:
        with api.inside(company.tenant):
            assert lazy.filter(system=True).count() == 1
            with pytest.raises(WrongTenant):
                narrowed = lazy.filter(system=True)
                with api.inside(companies[company is companies[0]].tenant):
                    narrowed.exists()


@pytest.mark.parametrize(
    "write",
    [
        lambda row: row.save(),
        lambda row: row.delete(),
        lambda row: Role.objects.bulk_update([row], ["name"]),
        lambda row: row.refresh_from_db(),
    ],
    ids=["save", "delete", "bulk_update", "refresh"],
)
def test_row_of_one_tenant_is_not_written_in_another(
    companies: tuple[Company, Company], write: Callable[[Any], Any]
) -> None:
    acme, beta = companies
    with api.inside(acme.tenant):
        row = Role.objects.first()
    with api.inside(beta.tenant), pytest.raises(WrongTenant):
        write(row)


def test_connection_is_renewed_after_many_tenants(companies: tuple[Company, Company], settings: Any) -> None:
    settings.TEREM_TENANTS_PER_CONNECTION = 1
    wrapper: Any = connections["tenant"]
    for company in companies:
        with api.inside(company.tenant):
            seen()
    assert wrapper.connection is not None
    wrapper.close_if_unusable_or_obsolete()
    assert wrapper.connection is None


def test_nothing_but_the_own_schema_and_extensions_is_on_the_path(companies: tuple[Company, Company]) -> None:
    for company in companies:
        with api.inside(company.tenant), connections["tenant"].cursor() as cursor:
            cursor.execute("SELECT current_setting('search_path'), current_user, session_user")
            name = company.tenant.schema_name
            assert cursor.fetchone() == (f"{name}, ext", name, "terem_tenant")
