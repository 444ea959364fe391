"""Bringing an archive into a workspace that was just opened: its seeds make way, whoever brings it stays its administrator."""

from __future__ import annotations

from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_core.events.actions import record
from crm_core.exports.actions.rights import TAKE
from crm_core.exports.actions.taking_in import does_not_fit, drop_files, take_files, take_table
from crm_core.exports.models import Export
from crm_core.exports.queries import is_fresh
from crm_core.exports.queries.archive import Archive, open_archive
from crm_core.exports.queries.tables import leaning, tables
from crm_core.team.actions.members import METER, report_members, tell_registry
from crm_core.team.models import Member, Role, Session
from kernel import locks, scanning, storage, uploads
from kernel.actions import action
from kernel.errors import Conflict, Invalid
from kernel.flags import demand_room
from kernel.ids import uuid7
from kernel.jobs import Running, background
from kernel.jobs.models import Job
from kernel.rights import demand
from kernel.rows import empty_out
from tenants import api as tenants

NOT_FRESH = gettext_lazy("This workspace has records already. An archive is taken into a new one only.")


def too_large() -> Invalid:
    """The sentence for an archive beyond what the page takes."""
    most = settings.TEREM_UPLOAD_LIMIT // 2**20
    words = _("This archive is larger than %(most)s MB. Ask the operator of the platform to take it in.")
    return Invalid(words, field="file", most=str(most))


def bring(*, by: Member, source: IO[bytes]) -> Job:
    """Store an archive, look through it, and have it taken in. Raises ``Invalid`` with a sentence that helps."""
    demand(by, TAKE)
    if not is_fresh():
        raise Conflict(NOT_FRESH)
    stored = f"exports/{uuid7()}.in.zip"
    scanning.demand_clean(source)
    try:
        with uploads.stored_at():
            storage.save(stored, source, limit=settings.TEREM_UPLOAD_LIMIT)
    except ValueError:
        raise too_large() from None
    try:
        with open_archive(storage.path_of(stored)):
            return enqueue(by=by, stored=stored)
    except BaseException:
        storage.remove(stored)
        raise


@action(TAKE)
def enqueue(*, by: Member, stored: str) -> Job:
    """Have the stored archive taken in; one at a time."""
    locks.hold("exports.bring_in")
    if Job.objects.open().filter(name=bring_in.name).exists():  # type: ignore[attr-defined]
        raise Conflict(_("An archive is being taken in already."))
    return bring_in.later(
        by=by, title=str(_("Taking an archive in")), link="/settings/export/", stored=stored
    )


@background("exports.bring_in", title=gettext_lazy("Taking an archive in"))
def bring_in(job: Running, *, stored: str) -> dict[str, Any]:
    """Everything of the archive in one transaction, or nothing. The uploaded file goes in any case."""
    by = Member.objects.select_related("role").get(id=job.actor)
    demand(by, TAKE)
    job.step(0, words=str(_("Reading")))
    try:
        with open_archive(storage.path_of(stored)) as archive:
            try:
                take_files(archive)
                return {"rows": replace(by=by, archive=archive, job_id=job.id)}
            except BaseException as error:
                drop_files(archive)
                if isinstance(error, DatabaseError):
                    raise does_not_fit(error) from error
                raise
    finally:
        storage.remove(stored)


@action(TAKE)
def replace(*, by: Member, archive: Archive, job_id: UUID) -> int:
    """The seeds go, the archive's rows come, and ``by`` goes on as the member of that address, or beside them."""
    locks.hold("exports.bring_in")
    if not is_fresh():
        raise Conflict(NOT_FRESH)
    former = list(
        Member.objects.exclude(account_id=None).exclude(id=by.id).values_list("account_id", flat=True)
    )
    for model in leaning():
        if model is not Session:
            empty_out(model)
    Session.objects.exclude(member_id=by.id).delete()
    for model in reversed(tables()):
        if not getattr(model, "insert_only", False):
            empty_out(model)
    rows = sum(take_table(part, archive, lambda name, done: None) for part in archive.parts)
    here = _settle(by)
    demand_room(METER, 0, Member.objects.seated().count())
    Session.objects.filter(member_id=by.id).update(member_id=here.id)
    Job.objects.filter(id=job_id).update(actor=here.id)
    Export.objects.filter(actor_id=by.id).update(actor_id=here.id)
    name = archive.workspace.get("name", "")
    record("exports.taken_in", by=here, workspace=name, rows=rows, files=len(archive.files))
    for account_id in former:
        tell_registry(tenants.part, account_id=account_id)
    tell_registry(tenants.join, account_id=here.account_id, member_id=here.id)
    tell_registry(tenants.bump)
    report_members()
    return rows


def _settle(by: Member) -> Member:
    """Whoever brought the archive has an account here, nobody else: the others are invited again."""
    Member.objects.exclude(account_id=None).update(account_id=None)
    system = Role.objects.filter(system=True).first()
    if system is None:
        raise Invalid(_("The archive has no administrator’s role."))
    known: Member | None = Member.objects.filter(email__iexact=by.email).order_by("-active").first()
    here = known or Member(id=by.id, name=by.name, email=by.email, language=by.language, zone=by.zone)
    here.account_id, here.active, here.left_at, here.role = by.account_id, True, None, system
    here.save()
    return here
