"""Backup, damage, restore beside, look, swap, take back: digests equal, neighbours untouched."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from kernel import storage
from kernel.errors import Conflict, NotFound
from kernel.sealing import Broken
from kernel.when import now
from tenants import api, schemas
from tenants.backups import copies, drills, restoring, store, taking
from tenants.backups.models import Snapshot
from tenants.models import OperatorAct, Tenant
from tests.support.tenants import Browser, Company, sign_in
from tests.tenants.backups.conftest import content, fill, lay, lying

# What a restore itself changes: sessions end, open work is stopped.
SETTLED = {"team_session", "jobs_job"}
# Where the company's own history tells what was done to it.
TOLD = {"events_event"}


def without(found: dict[str, Any], names: set[str] = SETTLED) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in names}


def take(company: Company) -> Snapshot:
    return taking.take(Tenant.objects.get(id=company.tenant.id), Snapshot.Kind.ASKED)


def page(host: str, member: Any, path: str) -> Any:
    return sign_in(Browser(host), member).get(path)


def test_backup_damage_restore_swap_and_back(filled: Company, companies: tuple[Company, Company]) -> None:
    neighbour = companies[0].tenant.schema_name
    neighbours_before = content(neighbour)
    first = filled.tenant.schema_name
    before = content(first)
    snapshot = take(filled)
    assert snapshot.state == "ready"
    assert snapshot.rows == sum(rows for rows, _ in before.values())
    assert snapshot.files == 5
    with schemas.owner() as connection:
        connection.execute(f"DELETE FROM {first}.notes_note")
        connection.execute(f"UPDATE {first}.clients_company SET description = 'damaged'")
    with api.inside(filled.tenant):
        storage.remove_all()
    damaged = content(first)
    assert damaged != before

    copy = copies.beside(snapshot, by=None, reason="Damage.")
    assert without(content(copy.schema_name)) == without(before)
    assert without(content(first), TOLD) == without(damaged, TOLD), "restoring never touches what is live"
    with api.inside(copy):
        assert storage.open_file("kept/3.bin").read() == b"Planted 3" * 5000

    live = copies.swap(copy.id, by=None, reason="Damage.")
    assert live.id == filled.tenant.id
    assert without(content(live.schema_name), SETTLED | TOLD) == without(before, SETTLED | TOLD)
    assert live.schema_name == copy.schema_name
    former = Tenant.objects.get(id=copy.id)
    assert (former.schema_name, former.copy_kind) == (first, "former")
    assert former.copy_until is not None

    again = copies.back(copy.id, by=None, reason="A mistake.")
    assert again.schema_name == first
    assert without(content(first), TOLD) == without(damaged, TOLD)
    assert content(neighbour) == neighbours_before
    said = list(OperatorAct.objects.filter(tenant=live).order_by("id").values_list("verb", flat=True))
    assert said == ["restored", "swapped", "swapped_back"]


def test_pages_follow_the_swap_and_old_sessions_are_void(filled: Company) -> None:
    from crm_core.team.models import Session

    snapshot = take(filled)
    with api.inside(filled.tenant, cause="page", actor=filled.owner_id):
        later = fill(filled.owner, "Later", 1)[0]
        browser = sign_in(Browser(filled.host), filled.owner)
    assert browser.get(f"/companies/{later}/").status_code == 200
    copy = copies.beside(snapshot, by=None, reason="Look.")
    with api.inside(copy, cause="page"):
        member = filled.owner
        visitor = sign_in(Browser(f"{copy.slug}.terem.test"), member)
        assert Session.objects.count() == 1
    assert visitor.get("/companies/").status_code == 200
    assert visitor.get(f"/companies/{later}/").status_code == 404
    copies.swap(copy.id, by=None, reason="Back to before.")
    assert browser.get("/companies/").status_code == 302, "sessions of before the swap are over"
    with api.inside(Tenant.objects.get(id=filled.tenant.id), cause="page"):
        assert page(filled.host, filled.owner, f"/companies/{later}/").status_code == 404
    # What was live stays beside for its days.
    with api.inside(Tenant.objects.get(id=copy.id), cause="page"):
        assert page(f"{copy.slug}.terem.test", filled.owner, f"/companies/{later}/").status_code == 200


def test_a_copy_is_quiet(filled: Company, mailoutbox: list[Any]) -> None:
    from crm_core.activities.actions import plan
    from kernel import mail
    from kernel.jobs.models import Job
    from tests.support.tenants import run_queue

    run_queue()
    copy = copies.beside(take(filled), by=None, reason="Look.")
    assert copy not in list(api.active())
    with api.inside(copy, cause="page", actor=filled.owner_id):
        mail.send(to=["anna@example.com"], template="onboarding/mail/workspaces", language="en", values={})
        soon = now() + timedelta(seconds=1)
        plan(by=filled.owner, title="Soon", due_at=soon, remind_at=soon)
        job = Job.objects.get(state=Job.State.WAITING)
    time.sleep(1.5)
    run_queue()
    assert [letter for letter in mailoutbox if "anna@example.com" in letter.to] == []
    with api.inside(copy):
        assert Job.objects.get(id=job.id).state == Job.State.WAITING


def test_changed_cut_and_foreign_snapshots_are_refused(filled: Company, own_tenant: Any) -> None:
    snapshot = take(filled)
    whole = lying(snapshot, store.DATA)
    assert b"Planted" not in whole
    restoring.check(snapshot)
    for wrong in (whole[:-1], whole[: len(whole) // 2], whole + b"x", _flipped(whole, len(whole) // 2)):
        lay(snapshot, store.DATA, wrong)
        with pytest.raises(Broken):
            restoring.check(snapshot)
        with pytest.raises(Broken):
            copies.beside(snapshot, by=None, reason="Broken.")
    lay(snapshot, store.DATA, whole)
    text = lying(snapshot, store.MANIFEST)
    lay(snapshot, store.MANIFEST, text.replace(b'"rows": 5,', b'"rows": 6,', 1))
    with pytest.raises(Broken):
        restoring.check(snapshot)
    lay(snapshot, store.MANIFEST, text)
    restoring.check(snapshot)
    assert not Tenant.objects.filter(copy_of_id=filled.tenant.id).exists()


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_drill_finds_equal_and_different(filled: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = take(filled)
    before = unregistered()
    drill = drills.prove(snapshot)
    assert drill.differences == []
    assert drill.rows == snapshot.rows
    from tenants.backups import reading

    true = reading.digests

    def lying(connection: Any, schema: str, **how: Any) -> Any:
        connection.execute(f"DELETE FROM {schema}.notes_note")
        return true(connection, schema, **how)

    monkeypatch.setattr(reading, "digests", lying)
    assert drills.prove(snapshot).differences == ["notes_note"]
    assert unregistered() == before


def unregistered() -> set[str]:
    """Schemas of companies that the registry does not know; other tests may have left some."""
    with schemas.owner() as connection:
        rows = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%%' AND nspname NOT IN"
            " (SELECT schema_name FROM tenants_tenant UNION SELECT schema_name FROM tenants_blank)"
            " AND nspname <> %s",
            [schemas.TEMPLATE],
        ).fetchall()
    return {row[0] for row in rows}


def test_a_copy_of_an_earlier_release_is_not_swapped_in(filled: Company) -> None:
    copy = copies.beside(take(filled), by=None, reason="Look.")
    Tenant.objects.filter(id=copy.id).update(release="earlier")
    try:
        with pytest.raises(Conflict):
            copies.swap(copy.id, by=None, reason="No.")
    finally:
        # Upgrades look at every company of the registry, copies too.
        Tenant.objects.filter(id=copy.id).update(release=filled.tenant.release)
    assert Tenant.objects.get(id=filled.tenant.id).schema_name == filled.tenant.schema_name


def test_the_live_workspace_is_never_dropped_as_a_copy(filled: Company) -> None:
    with pytest.raises(NotFound):
        copies.drop(filled.tenant.id, by=None, reason="No.")
    copy = copies.beside(take(filled), by=None, reason="Look.")
    copies.drop(copy.id, by=None, reason="Seen.")
    assert not storage.folder_of(copy.schema_name).exists()
    assert content(copy.schema_name) == {}
    assert content(filled.tenant.schema_name) != {}
