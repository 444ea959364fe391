"""Both kinds of store keep the same promises: whole or not at all, told apart by company, removed without a rest."""

from __future__ import annotations

import os
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command

from kernel.errors import NotFound
from kernel.ids import uuid7
from kernel.when import now
from tenants.backups import store, taking
from tenants.backups.models import Snapshot
from tenants.models import Tenant
from tests.support.tenants import Company


def put(kept: store.Store, tenant: object, snapshot: object, part: str, data: bytes) -> None:
    with kept.writing(tenant, snapshot, part) as target:  # type: ignore[arg-type]
        target.write(data)


def test_whole_or_not_at_all(kept: store.Store) -> None:
    tenant, other, first, second = uuid4(), uuid4(), uuid7(), uuid7()
    data = os.urandom(3 << 20)
    with pytest.raises(NotFound):
        kept.open(tenant, first, store.DATA)
    with kept.writing(tenant, first, store.DATA) as target:
        target.write(data)
        with pytest.raises(NotFound):
            kept.open(tenant, first, store.DATA)
    with kept.open(tenant, first, store.DATA) as source:
        assert source.read(4) + source.read() == data
        assert source.read(1) == b""
        source.seek(1 << 20)
        assert source.read(9) == data[1 << 20 :][:9]
    assert kept.whole(tenant) == []
    assert [half.snapshot_id for half in kept.halves() if half.tenant_id == tenant] == [first]
    put(kept, tenant, first, store.MANIFEST, b"{}")
    put(kept, tenant, second, store.MANIFEST, b"{}")
    put(kept, other, first, store.MANIFEST, b"{}")
    assert kept.whole(tenant) == [first, second]
    assert not [half for half in kept.halves() if half.tenant_id == tenant]
    with pytest.raises(ZeroDivisionError), kept.writing(tenant, second, store.DATA) as target:
        target.write(data)
        raise ZeroDivisionError
    with pytest.raises(NotFound):
        kept.open(tenant, second, store.DATA)
    kept.remove(tenant, first)
    kept.remove(tenant, first)
    assert kept.whole(tenant) == [second]
    assert kept.whole(other) == [first], "another company's snapshot of the same id is another one"
    kept.remove_all(tenant)
    assert not kept.holds(tenant)
    assert kept.holds(other)
    kept.remove_all(other)


def test_what_interrupted_snapshots_leave_is_cleared(kept: store.Store, filled: Company) -> None:
    tenant = Tenant.objects.get(id=filled.tenant.id)
    good = taking.take(tenant, Snapshot.Kind.ASKED)
    failed, running = (
        Snapshot.objects.create(
            tenant=tenant, kind="asked", release=tenant.release, state=state, expires_at=now() + timedelta(9)
        )
        for state in ("failed", "running")
    )
    unknown = uuid7()
    for snapshot in (failed.id, running.id, unknown):
        put(kept, tenant.id, snapshot, store.DATA, b"half")
    assert taking.clear_halves() == 1
    left = [half.snapshot_id for half in kept.halves() if half.tenant_id == tenant.id]
    assert left == [running.id, unknown], "somebody may still be writing these"
    assert kept.whole(tenant.id) == [good.id]
    # The next try of the same company clears before it writes.
    put(kept, tenant.id, failed.id, store.DATA, b"half")
    taking.take(tenant, Snapshot.Kind.ASKED)
    assert failed.id not in {half.snapshot_id for half in kept.halves()}
    kept.remove_all(tenant.id)


def test_the_commands(kept: store.Store, filled: Company) -> None:
    said = StringIO()
    call_command("backup", "store", stdout=said)
    assert said.getvalue().startswith(kept.place)
    assert "removed, nothing left" in said.getvalue()
    tenant = Tenant.objects.get(id=filled.tenant.id)
    snapshot = taking.take(tenant, Snapshot.Kind.ASKED)
    Snapshot.objects.filter(id=snapshot.id).delete()
    said = StringIO()
    call_command("backup", "list", tenant.slug, stdout=said)
    assert f"backup adopt {tenant.slug} {snapshot.id}" in said.getvalue()
    call_command("backup", "adopt", tenant.slug, str(snapshot.id), stdout=said)
    call_command("backup", "check", tenant.slug, "--snapshot", str(snapshot.id), stdout=said)
    assert "whole: " in said.getvalue()
