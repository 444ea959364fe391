"""An import while it runs and when it is done: progress, report, undoing; and the list of all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.imports import actions, queries
from crm_core.imports.models import Import, ImportRow
from crm_core.imports.views.columns import STEPS
from crm_core.records import registry
from crm_core.records.models import ChangeSet
from kernel.web import change, page
from kernel.when import now
from ui import answers

SHOW = "imports/show.html"
LIST = "imports/list.html"


@page("imports.run")
def listing(request: HttpRequest) -> HttpResponse:
    """All imports that the member may see, newest first."""
    member: Any = request.member  # type: ignore[attr-defined]
    found = list(queries.visible_to(member).newest()[:200])
    values = {
        "imports": found,
        "empty_title": _("No file was imported yet"),
        "empty_words": _("Bring your companies, people and deals from a spreadsheet or another system."),
        "empty_action": _("Import a file"),
    }
    return answers.page(request, LIST, values)


@page("imports.run")
def show(request: HttpRequest, id: UUID) -> HttpResponse:
    """One import: on to its columns if it has not begun, else its progress or its report."""
    member: Any = request.member  # type: ignore[attr-defined]
    found = queries.import_of(member, id)
    if found.is_open:
        return answers.sent_on(request, reverse("imports:columns", args=[found.id]))
    found = actions.note_failure(by=member, found=found)
    return answers.page(request, SHOW, values_of(found), part="progress")


def values_of(found: Import) -> dict[str, Any]:
    """What the template of the third step reads."""
    change_set = queries.undo_of(found)
    undoing = change_set is not None and change_set.state == ChangeSet.State.UNDOING
    young = found.finished_at is None or found.finished_at > now() - timedelta(days=actions.UNDO_DAYS)
    return _outcome(found) | {
        "found": found,
        "steps": STEPS,
        "step": 3 if found.state != Import.State.DONE else 4,
        "running": found.state == Import.State.RUNNING or undoing,
        "undoing": undoing,
        "job": queries.undo_job(found) if undoing else found.job,
        "change_set": change_set,
        "progress_words": _("Progress of the import"),
        "may_undo": young and found.change_set is not None and found.state in ("done", "stopped", "failed"),
        "undo_days": actions.UNDO_DAYS,
    }


def _outcome(found: Import) -> dict[str, Any]:
    """What became of the rows, and those that still need a person."""
    counts = found.counts
    done = [
        (kind, {what: counts.get(f"{kind.name}.{what}", 0) for what in ("created", "updated", "same")})
        for kind in registry.kinds()
    ]
    wrong = found.rows.filter(state=ImportRow.State.WRONG)
    return {
        "kinds": [(kind, by_outcome) for kind, by_outcome in done if any(by_outcome.values())],
        "wrong": wrong.count(),
        "problems": [(row, queries.reasons(found, row)) for row in wrong[:20]],
        "mended": found.rows.filter(state=ImportRow.State.MENDED).count(),
        "unlinked": counts.get("unlinked", 0),
        "twins": counts.get("rows.twins", 0),
        "skipped": counts.get("rows.skipped", 0) + counts.get("rows.left_out", 0),
    }


@change("imports.run")
def stopping(request: HttpRequest, id: UUID) -> HttpResponse:
    """Ask the import to stop after the present batch."""
    actions.stop_import(by=request.member, id=id)  # type: ignore[attr-defined]
    return answers.changed(request, to=_page(id), words=_("The import stops in a moment"), follow=True)


@change("imports.run")
def continuation(request: HttpRequest, id: UUID) -> HttpResponse:
    """Go on with a stopped import, or import the rows that were mended since."""
    member: Any = request.member  # type: ignore[attr-defined]
    found = queries.import_of(member, id)
    (actions.go_on if found.may_go_on else actions.take_mended)(by=member, id=id)
    return answers.sent_on(request, _page(id))


@change("imports.run")
def undoing(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take the whole import back."""
    actions.undo(by=request.member, id=id)  # type: ignore[attr-defined]
    return answers.sent_on(request, _page(id))


def _page(id: UUID) -> str:
    return reverse("imports:show", args=[id])
