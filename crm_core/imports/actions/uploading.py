"""Taking in a file, and how it is to be read."""

from __future__ import annotations

from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm_core.imports import queries
from crm_core.imports.actions.locking import locked
from crm_core.imports.actions.remembering import recall
from crm_core.imports.actions.rights import RUN
from crm_core.imports.mapping import guess
from crm_core.imports.models import Import
from crm_core.imports.queries import facts
from crm_core.imports.queries.targets import KINDS, by_key, targets
from crm_core.imports.reading import LIMITS, Limits, Sheet, glance, sniff
from crm_core.team.models import Member
from kernel import context, scanning, storage, uploads
from kernel.actions import action
from kernel.errors import Conflict, Invalid
from kernel.ids import uuid7
from kernel.rights import demand
from kernel.text import clean

MEGABYTE = 2**20
# Files of one person that wait to be imported; with the size of each this bounds the storage of one person too.
MOST_OPEN = 20


def limits() -> Limits:
    """How large a file may be; said in megabytes to people."""
    return Limits(**{**LIMITS.__dict__, "size": settings.TEREM_UPLOAD_LIMIT})


def too_large() -> Invalid:
    """The sentence for a file beyond the limit."""
    most = settings.TEREM_UPLOAD_LIMIT // MEGABYTE
    return Invalid(
        _("This file is too large: at most %(most)s MB can be imported at once."),
        field="file",
        most=str(most),
    )


def _see_that_there_is_room(by: Member) -> None:
    """Raise ``Invalid`` at ``file`` for a person who has as many files waiting as one may have."""
    if queries.waiting_of(by) >= MOST_OPEN:
        raise Invalid(
            _(
                "You have %(most)s files that wait to be imported. Import one of them or remove its draft first."
            ),
            field="file",
            most=str(MOST_OPEN),
        )


def upload(*, by: Member, source: IO[bytes], name: str, kind: str = "") -> Import:
    """Store a file and recognise what it is. Raises ``Invalid`` at ``file`` with a sentence that helps."""
    demand(by, RUN)
    _see_that_there_is_room(by)
    key = uuid7()
    stored = f"imports/{key}"
    scanning.demand_clean(source)
    try:
        with uploads.stored_at():
            size = storage.save(stored, source, limit=settings.TEREM_UPLOAD_LIMIT)
    except ValueError:
        raise too_large() from None
    try:
        sheet = sniff(storage.path_of(stored), language=context.current().language, limits=limits())
        return begin(by=by, id=key, sheet=sheet, stored=stored, size=size, name=name, kind=kind)
    except BaseException as error:
        # Without its row nobody would ever find the file.
        storage.remove(stored)
        if isinstance(error, Invalid):
            raise error.at("file") from None
        raise


@action(RUN)
def begin(*, by: Member, id: UUID, sheet: Sheet, stored: str, size: int, name: str, kind: str) -> Import:
    """The import of a stored file as a draft, its columns guessed or remembered from the last time."""
    found = Import(
        id=id,
        file_name=clean(name)[:200] or str(_("File")),
        stored=stored,
        size=size,
        member=by,
        options={"existing": Import.Existing.FILL, "twins": Import.Twins.NEW, "owner": str(by.id)},
    )
    found.options["currency"] = context.tenant().currency
    _take_sheet(found, sheet)
    _map(found, sheet, kind if kind in KINDS else "")
    found.save(force_insert=True)
    return found


def _take_sheet(found: Import, sheet: Sheet) -> None:
    found.dialect = sheet.dialect.to_json()
    found.headers = list(sheet.headers)
    found.signature = facts.signature(sheet.headers)
    found.columns = facts.to_json(glance(sheet, language=context.current().language))
    found.notes = [str(note) for note in sheet.notes]
    found.facts = {"sheets": list(sheet.sheet_names)}


def _map(found: Import, sheet: Sheet, kind: str) -> None:
    """Guess the columns; what was said about the same headings before counts more."""
    columns = facts.from_json(found.columns)
    guessed = guess(columns, targets(kind), kind=kind)
    if not kind and guessed.profile is None:
        guessed = guess(columns, targets(guessed.kind), kind=guessed.kind)
    found.kind = guessed.kind or "company"
    found.profile = guessed.profile.key if guessed.profile else ""
    found.mapping = guessed.to_json()
    known = recall(found.signature)
    if known is not None and (not kind or known.kind == kind):
        fields = by_key(known.kind)
        found.kind = known.kind
        found.mapping = {place: key for place, key in known.mapping.items() if key in fields}
        found.options = found.options | queries.still_true(known.options)
        found.facts["remembered"] = True


@action(RUN)
def reread(*, by: Member, id: UUID, chosen: dict[str, Any]) -> Import:
    """Read the file otherwise than it was recognised (``encoding``, ``separator``, ``sheet``, ``header``).

    Mended rows are forgotten: their cells were read differently. Raises ``Invalid`` with a sentence.
    """
    found = _demand_open(locked(by, id))
    path = storage.path_of(found.stored)
    sheet = sniff(path, language=context.current().language, limits=limits(), chosen=chosen)
    same = list(sheet.headers) == found.headers
    found.chosen = chosen
    mapping = found.mapping
    _take_sheet(found, sheet)
    if same:
        found.mapping = mapping
    else:
        _map(found, sheet, "")
    found.rows.all().delete()
    return _changed(found)


@action(RUN)
def settle(*, by: Member, id: UUID, kind: str, mapping: dict[str, str], options: dict[str, Any]) -> Import:
    """Say what each column is, and what is asked once; the check has to be done anew if anything differs."""
    found = _demand_open(locked(by, id))
    before = (found.kind, found.mapping, found.options)
    if kind in KINDS and kind != found.kind:
        found.kind = kind
        found.mapping = guess(facts.from_json(found.columns), targets(kind), kind=kind).to_json()
    else:
        known = by_key(found.kind)
        found.mapping = {place: key for place, key in mapping.items() if key in known}
    found.options = found.options | options
    if (found.kind, found.mapping, found.options) == before:
        return found
    return _changed(found)


def _changed(found: Import) -> Import:
    found.revision += 1
    found.state, found.error = Import.State.DRAFT, ""
    found.save()
    return found


def _demand_open(found: Import) -> Import:
    if not found.is_open:
        raise Conflict(_("This import has begun already; its settings stay as they are."))
    return found


@action(RUN)
def discard(*, by: Member, id: UUID) -> None:
    """Forget a draft and its file."""
    found = _demand_open(locked(by, id))
    storage.remove(found.stored)
    storage.remove(queries.statuses_name(found))
    found.delete()
