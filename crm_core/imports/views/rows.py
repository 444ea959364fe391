"""Rows that need a person: listed, mended in place, left out, decided, taken out as a table."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.imports import actions, queries
from crm_core.imports.actions.mending import typed
from crm_core.imports.models import ImportRow
from crm_core.imports.queries.planning import WRONG
from crm_core.imports.queries.preview import preview
from crm_core.imports.views.columns import STEPS
from kernel.errors import NotFound
from kernel.web import change, page
from ui import answers

ROWS = "imports/rows.html"


@page("imports.run", heavy="check")
def rows(request: HttpRequest, id: UUID) -> HttpResponse:
    """The rows that could not be taken, with their reasons, to be mended after the import."""
    member: Any = request.member  # type: ignore[attr-defined]
    found = queries.import_of(member, id)
    if found.is_open:
        return answers.sent_on(request, reverse("imports:columns", args=[id]) + "?show=wrong")
    after = request.GET.get("after", "")
    values = {
        "found": found,
        "heads": [{"name": found.headers[place]} for place in queries.order(found)],
        "preview": preview(member, found, WRONG, int(after) if after.isdecimal() else 0),
        "wrong": found.rows.filter(state=ImportRow.State.WRONG).count(),
        "mended": found.rows.filter(state=ImportRow.State.MENDED).count(),
        "steps": STEPS,
        "step": 4,
    }
    return answers.page(request, ROWS, values)


@change("imports.run")
def row(request: HttpRequest, id: UUID, number: int) -> HttpResponse:
    """Mend a row, leave it out or take it back in, or decide what a possible duplicate is."""
    member: Any = request.member  # type: ignore[attr-defined]
    given = request.POST
    if given.get("out"):
        actions.leave_out(by=member, id=id, number=number, out=given["out"] == "yes")
        words = _("Row left out") if given["out"] == "yes" else _("Row taken back in")
    elif given.get("decision"):
        actions.decide(by=member, id=id, number=number, decision=given["decision"])
        words = _("Decision kept")
    elif given.get("alike"):
        words = _mended_alike(member, id, number, given["alike"])
    else:
        words = _mended(member, id, number, given)
    back = answers.safe_next(request, reverse("imports:rows", args=[id]))
    return answers.changed(request, to=back, words=words, follow=True)


def _mended_alike(member: Any, id: UUID, number: int, asked: str) -> str:
    """Put another text wherever the row's own stands in a column; ``asked`` is ``place:text``."""
    place, _dash, instead = asked.partition(":")
    if not place.isdecimal():
        raise NotFound
    text = queries.cell_of(queries.import_of(member, id), number, int(place))
    count = actions.mend_alike(by=member, id=id, place=int(place), text=text, instead=instead)
    return _("Rows mended: %(count)s") % {"count": count}


def _mended(member: Any, id: UUID, number: int, given: QueryDict) -> str:
    """Keep what was typed into the row, or the one guess that was taken."""
    place, _dash, guess = given.get("fix", "").partition(":")
    cells = typed(given.dict()) | ({int(place): guess} if place.isdecimal() else {})
    found = actions.mend(by=member, id=id, number=number, cells=cells)
    if found.state == ImportRow.State.MENDED:
        return _("Row mended")
    return _("Something is still wrong with the row")


@page("imports.run", heavy="export")
def download(request: HttpRequest, id: UUID) -> StreamingHttpResponse:
    """The rows to fix as CSV: the columns of the file, so that it can be mended and imported again."""
    found = queries.import_of(request.member, id)  # type: ignore[attr-defined]
    response = StreamingHttpResponse(queries.wrong_as_csv(found), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="rows-to-fix-{str(found.id)[:8]}.csv"'
    return response
