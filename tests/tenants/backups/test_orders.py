"""Orders: asked for on pages, done by the keeper, visible while they run, taken up again after a death."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from kernel import sealing
from kernel.errors import Conflict, Invalid, NotFound
from kernel.when import now
from tenants import api, schemas
from tenants.backups import keys, nightly, orders, taking
from tenants.backups.models import Drill, Order, Snapshot, TenantKey
from tenants.models import Membership, Tenant
from tests.support.tenants import Company
from tests.tenants.backups.conftest import content


def ask(company: Company, verb: str, **more: Any) -> Order:
    return orders.ask(
        tenant_id=company.tenant.id, verb=verb, by="olga@operators.example", reason="Because.", **more
    )


def test_take_restore_swap_and_drop_by_order(filled: Company) -> None:
    before = content(filled.tenant.schema_name)["notes_note"]
    taken = ask(filled, "take")
    with pytest.raises(Conflict):
        ask(filled, "take")
    orders.work()
    taken.refresh_from_db()
    assert (taken.state, taken.percent) == ("done", 100)
    ask(filled, "restore", snapshot_id=taken.snapshot_id)
    orders.work()
    copy = Tenant.objects.get(copy_of_id=filled.tenant.id)
    assert Membership.objects.filter(tenant=copy).count() == 1
    ask(filled, "swap", copy_id=copy.id)
    orders.work()
    live = Tenant.objects.get(id=filled.tenant.id)
    assert live.schema_name != filled.tenant.schema_name
    assert content(live.schema_name)["notes_note"] == before
    ask(filled, "drop", copy_id=copy.id)
    orders.work()
    assert content(filled.tenant.schema_name) == {}
    assert set(Order.objects.filter(tenant=live).values_list("state", flat=True)) == {"done"}
    said = list(live.acts.order_by("id").values_list("verb", "account_label"))  # type: ignore[attr-defined]
    assert ("swapped", "olga@operators.example") in said


def test_what_cannot_be_asked(filled: Company, companies: tuple[Company, Company]) -> None:
    with pytest.raises(NotFound):
        ask(filled, "restore")
    with pytest.raises(NotFound):
        ask(filled, "swap", copy_id=filled.tenant.id)
    snapshot = taking.take(companies[0].tenant, Snapshot.Kind.ASKED)
    with pytest.raises(NotFound):
        ask(filled, "restore", snapshot_id=snapshot.id)
    with pytest.raises(Invalid):
        orders.ask(tenant_id=filled.tenant.id, verb="take", by="x", reason=" ")


def test_a_failure_ends_visibly_and_a_death_is_taken_up(
    filled: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = ask(filled, "take")
    with monkeypatch.context() as patch:
        patch.setattr(settings, "TEREM_BACKUPS", "/proc/nowhere")
        if settings.TEREM_S3 is not None:
            patch.setattr(settings, "TEREM_S3", settings.TEREM_S3 | {"bucket": "no-such-bucket"})
        orders.work()
    broken.refresh_from_db()
    assert broken.state == "failed"
    assert broken.error
    assert Snapshot.objects.get(tenant=filled.tenant).state == "failed"
    # A worker that died left the order running; nobody holds it.
    dead = ask(filled, "take")
    Order.objects.filter(id=dead.id).update(state="running", tries=1)
    with orders._held(dead.id) as mine:
        assert mine
        assert orders.work() == 0, "what another worker holds is left alone"
    orders.work()
    dead.refresh_from_db()
    assert dead.state == "done"


def test_the_night(filled: Company) -> None:
    others = Tenant.objects.exclude(id=filled.tenant.id)
    others.filter(status=Tenant.Status.ACTIVE).update(status=Tenant.Status.OPENING)
    try:
        assert nightly.due(0) == [] or filled.tenant.id.int % nightly.SLICES == 0
        assert nightly.take_due(filled.tenant.id.int % nightly.SLICES) == 1
        assert nightly.take_due(filled.tenant.id.int % nightly.SLICES) == 0, "once a day"
        first = Snapshot.objects.get(tenant=filled.tenant)
        Snapshot.objects.filter(tenant=filled.tenant).update(
            taken_at=now() - timedelta(hours=26), expires_at=now() - timedelta(days=1)
        )
        nightly.prune()
        assert Snapshot.objects.filter(id=first.id).exists(), "the newest good one is never removed"
        assert nightly.take_due((filled.tenant.id.int + 1) % nightly.SLICES) >= 1
        assert Snapshot.objects.filter(tenant=filled.tenant).exclude(id=first.id).exists(), (
            "what was missed is caught up"
        )
        assert nightly.prune() >= 1
        assert not Snapshot.objects.filter(id=first.id).exists()
        Drill.objects.all().delete()
        drill = nightly.drill_due()
        assert drill is not None
        assert drill.differences == []
        assert nightly.drill_due() is None, "once a week"
    finally:
        Tenant.objects.filter(status=Tenant.Status.OPENING).update(status=Tenant.Status.ACTIVE)


def test_master_keys_are_changed_without_a_gap(filled: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenants.backups import restoring

    snapshot = taking.take(filled.tenant, Snapshot.Kind.ASKED)
    old, new = settings.TEREM_MASTER_KEYS[0], sealing.new_key()
    monkeypatch.setattr(settings, "TEREM_MASTER_KEYS", (new, old))
    restoring.check(snapshot)
    assert keys.rewrap() >= 1
    assert keys.rewrap() == 0
    monkeypatch.setattr(settings, "TEREM_MASTER_KEYS", (new,))
    restoring.check(snapshot)
    assert TenantKey.objects.get(tenant=filled.tenant).master == sealing.mark_of(new)
    monkeypatch.setattr(settings, "TEREM_MASTER_KEYS", (old,))
    with pytest.raises(sealing.Broken):
        restoring.check(snapshot)
    monkeypatch.setattr(settings, "TEREM_MASTER_KEYS", (old, new))
    keys.rewrap()


def test_drift_names_what_differs(filled: Company, capsys: Any) -> None:
    from django.core.management import CommandError, call_command

    name = filled.tenant.schema_name
    call_command("drift")
    with schemas.owner() as connection:
        connection.execute(f"ALTER TABLE {name}.notes_note ADD COLUMN rogue integer")
        connection.execute(f"REVOKE DELETE ON {name}.clients_company FROM {name}")
    with pytest.raises(CommandError):
        call_command("drift")
    said = capsys.readouterr().out
    assert "rogue" in said
    assert "clients_company" in said
    assert said.count("\nt_") + said.startswith("t_") == 1
    api.close(tenant_id=filled.tenant.id, reason="It differs.")
