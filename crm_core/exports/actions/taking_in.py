"""Taking an archive in: every row and file of it, with its own key, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _

from crm_core.events.actions import record
from crm_core.exports.queries.archive import Archive, Part
from crm_core.exports.queries.tables import tables
from crm_core.team.models import Member
from kernel import storage
from kernel.actions import action
from kernel.errors import Conflict, Invalid
from kernel.rights import Actor
from kernel.rows import read_lines, write_lines

Reached = Callable[[str, int], Any]
AccountOf = Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came in: rows, files, and the people by account (account's id → member)."""

    rows: int
    files: int
    people: dict[int, Member]


def take_in(
    *, by: Actor, archive: Archive, account_of: AccountOf, reached: Reached = lambda name, rows: None
) -> TakenIn:
    """Fill a blank workspace from a checked archive; every table is compared with the archive before it counts.

    ``account_of`` tells whose account has confirmed an address here. Members without one come in
    without, so that nobody enters as somebody else. Raises ``Conflict`` if the workspace is not
    blank, ``Invalid`` if the archive does not hold what it says; nothing stays then.
    """
    demand_blank()
    try:
        files = take_files(archive)
        return take_rows(by=by, archive=archive, account_of=account_of, reached=reached, files=files)
    except BaseException as error:
        drop_files(archive)
        if isinstance(error, DatabaseError):
            raise does_not_fit(error) from error
        raise


@action()
def take_rows(*, by: Actor, archive: Archive, account_of: AccountOf, reached: Reached, files: int) -> TakenIn:
    """All tables in one transaction, then the people's accounts and the fact."""
    demand_blank(files=False)
    rows = sum(take_table(part, archive, reached) for part in archive.parts)
    people = _settle_people(account_of)
    record("exports.taken_in", by=by, workspace=archive.workspace.get("name", ""), rows=rows, files=files)
    return TakenIn(rows, files, people)


def does_not_fit(error: DatabaseError) -> Invalid:
    """The complaint about rows that the database refused; references are looked at last, when all is written."""
    said = str(error).strip().partition("\n")[0][:200]
    return Invalid(_("The archive holds rows that do not fit together: %(error)s"), error=said)


def demand_blank(*, files: bool = True) -> None:
    """Raise ``Conflict`` unless nothing at all is here yet."""
    if (files and storage.names()) or any(model._default_manager.exists() for model in tables()):
        raise Conflict(_("This workspace is not empty. An archive is taken into an empty one only."))


def take_table(part: Part, archive: Archive, reached: Reached) -> int:
    """All rows of a table, then the comparison with the archive. Raises ``Invalid`` if they differ.

    What the history held before cannot go away; there the lines themselves were compared, and their number.
    """
    rows = read_lines(
        part.model, part.columns, archive.lines(part), reached=lambda done: reached(part.name, done)
    )
    if rows == part.rows and getattr(part.model, "insert_only", False):
        return rows
    told = write_lines(part.model, part.columns, lambda line: None)
    if rows != part.rows or (told.rows, told.digest) != (part.rows, part.digest):
        raise Invalid(_("The archive is damaged or was changed: %(name)s."), name=part.name)
    return rows


def take_files(archive: Archive) -> int:
    """The stored files under their own names."""
    for found in archive.files:
        try:
            storage.save(found.name, archive.open_file(found), limit=found.size)  # type: ignore[arg-type]
        except ValueError as error:
            raise Invalid(_("The archive is damaged or was changed: %(name)s."), name=found.name) from error
    return len(archive.files)


def drop_files(archive: Archive) -> None:
    """Take back the files of an archive that could not be taken in."""
    for found in archive.files:
        storage.remove(found.name)


def _settle_people(account_of: AccountOf) -> dict[int, Member]:
    """Members get the account that is truly theirs here: the one that has confirmed the member's address."""
    people: dict[int, Member] = {}
    for member in Member.objects.order_by("-active", "joined_at", "id"):
        account_id = account_of(member.email)
        if account_id in people or (not member.active and account_id != member.account_id):
            account_id = None
        if account_id != member.account_id:
            member.account_id = account_id
            member.save(update_fields=["account_id"])
        if account_id is not None:
            people[account_id] = member
    return people
