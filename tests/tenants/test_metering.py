"""Counting use: exact whatever happens, tied to the tenant by the database, and made anew from the single uses."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections, transaction

from deploy.local import places
from kernel import context, mail, metering
from kernel.errors import NoContext
from kernel.when import frozen, now
from tenants import api
from tenants import metering as sums
from tenants.models import Use, UseOfDay
from tests.support.tenants import Company

Opener = Callable[..., Company]
FOLD = "import django; django.setup(); from tenants import metering; print(metering.fold({batch}))"


@pytest.fixture(autouse=True)
def empty(database: None) -> Iterator[None]:
    """No uses of others before and after: the tables are common to all companies."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM relay.used")
    Use.objects.all().delete()
    UseOfDay.objects.all().delete()


def used(company: Company, days: int = 400) -> dict[str, int]:
    today = now().date()
    return api.uses(company.tenant.id, today - timedelta(days=days), today + timedelta(days=1))


def waiting() -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM relay.used")
        return int(cursor.fetchone()[0])


def test_uses_become_sums_by_tenant_meter_and_day(own_tenant: Opener) -> None:
    first, second = own_tenant("First"), own_tenant("Second")
    with frozen("2026-11-03T23:59:59+00:00") as clock:
        with api.inside(first.tenant):
            metering.count("letters", 3)
            clock.advance(seconds=1)
            metering.count("letters")
            metering.count("api_calls", 7)
        with api.inside(second.tenant):
            metering.count("letters", 5)
        assert (api.fold_uses(), api.fold_uses()) == (4, 0)
        assert used(first) == {"letters": 4, "api_calls": 7}
        assert used(second) == {"letters": 5}
        by_day = api.uses_by_day(first.tenant.id, now().date() - timedelta(days=1), now().date())
        assert [list(days.values()) for days in by_day.values()] == [[3]]


def test_what_is_rolled_back_was_never_used(own_tenant: Opener) -> None:
    company = own_tenant()
    with api.inside(company.tenant), pytest.raises(RuntimeError):
        with transaction.atomic(using="tenant"):
            metering.count("letters")
            raise RuntimeError
    assert waiting() == 0


def test_nobody_counts_without_a_tenant_or_for_another(own_tenant: Opener) -> None:
    company, other = own_tenant("Mine"), own_tenant("Other")
    with context.enter(context.Context()), pytest.raises(NoContext):
        metering.count("letters")
    with api.inside(company.tenant):
        with pytest.raises(ValueError, match="whole numbers"):
            metering.count("letters", 0)
        with pytest.raises(Exception, match="row-level security"), connections["tenant"].cursor() as cursor:
            cursor.execute(
                "INSERT INTO relay.used (role, meter, amount, at) VALUES (%s, 'letters', 1, now())",
                [other.tenant.schema_name],
            )
    assert waiting() == 0


def test_folding_killed_in_the_middle_loses_and_doubles_nothing(own_tenant: Opener) -> None:
    company = own_tenant()
    with api.inside(company.tenant):
        for amount in range(1, 41):
            metering.count("letters", amount)
    environment = os.environ | {"PYTHONPATH": f"{places.ROOT}{os.pathsep}{places.ROOT / 'platform'}"}
    with transaction.atomic(using="default"), connections["default"].cursor() as cursor:
        # The sums are held, so the child stands in the middle of its statement: uses taken, sums not written.
        cursor.execute("LOCK TABLE tenants_useofday IN SHARE MODE")
        child = subprocess.Popen([sys.executable, "-c", FOLD.format(batch=7)], env=environment)
        _wait_for_blocked(cursor)
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
    for _ in range(600):
        # The server may hold the dead child's batch for a moment; the next folding takes it.
        api.fold_uses()
        if not waiting():
            break
        time.sleep(0.1)
    assert used(company) == {"letters": 820}
    assert sum(Use.objects.values_list("amount", flat=True)) == 820
    assert (waiting(), api.recount_uses()) == (0, 0)


def _wait_for_blocked(cursor: Any) -> None:
    for _ in range(1200):
        cursor.execute("SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE NOT l.granted AND c.relname = 'tenants_useofday'")  # fmt: skip
        if cursor.fetchone()[0]:
            return
        time.sleep(0.1)
    raise AssertionError("The child never came to the sums.")


def test_many_count_while_many_fold(own_tenant: Opener) -> None:
    companies = [own_tenant(f"Busy {number}") for number in range(2)]

    def count(number: int) -> None:
        try:
            with api.inside(companies[number % 2].tenant):
                for _ in range(25):
                    metering.count("letters", number + 1)
        finally:
            connections.close_all()

    def fold(_number: int) -> None:
        try:
            for _ in range(5):
                sums.fold(batch=10)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(
            pool.map(
                lambda one: one[0](one[1]), [(count, n) for n in range(4)] + [(fold, n) for n in range(2)]
            )
        )
    api.fold_uses()
    assert [used(company) for company in companies] == [{"letters": 25 * 4}, {"letters": 25 * 6}]


def test_sums_are_made_anew_from_the_uses(own_tenant: Opener) -> None:
    company, other = own_tenant("Wrong"), own_tenant("Gone")
    for one in (company, other):
        with api.inside(one.tenant):
            metering.count("letters", 9)
    api.fold_uses()
    UseOfDay.objects.filter(tenant=company.tenant).update(value=1)
    UseOfDay.objects.filter(tenant=other.tenant).delete()
    UseOfDay.objects.create(tenant=other.tenant, meter="api_calls", day=now().date(), value=4)
    said = io.StringIO()
    call_command("recount", stdout=said)
    assert said.getvalue() == "folded 0, sums that were wrong 3\n"
    assert (used(company), used(other)) == ({"letters": 9}, {"letters": 9, "api_calls": 0})


def test_old_uses_go_and_their_sums_stay(own_tenant: Opener) -> None:
    company = own_tenant()
    with api.inside(company.tenant):
        metering.count("letters", 2)
    api.fold_uses()
    with frozen(now() + timedelta(days=sums.KEPT_DAYS + 1)):
        assert api.forget_old_uses() == 1
        assert api.recount_uses() == 0
    assert used(company) == {"letters": 2}


def test_a_closed_company_leaves_no_uses(own_tenant: Opener) -> None:
    company = own_tenant()
    with api.inside(company.tenant):
        metering.count("letters", 2)
        api.fold_uses()
        metering.count("letters")
    with context.enter(context.Context(cause="command")):
        api.close(tenant_id=company.tenant.id, reason="The test is over.")
    assert (waiting(), Use.objects.count(), UseOfDay.objects.count()) == (0, 0, 0)


def test_letters_of_a_workspace_are_counted_and_those_of_the_platform_are_not(
    own_tenant: Opener, mailoutbox: list[Any]
) -> None:
    company = own_tenant()
    told: dict[str, Any] = {
        "template": "tenants/mail/reminder",
        "language": "en",
        "values": {"workspace": "A", "erase_at": now()},
    }
    with api.inside(company.tenant):
        mail.send(to=["anna@example.com", "boris@example.com"], **told)
        mail.send(to=["anna@example.com"], counted=False, **told)
    with context.enter(context.Context()):
        mail.send(to=["anna@example.com"], **told)
    api.fold_uses()
    assert len(mailoutbox) == 3
    assert used(company) == {"letters": 2}
