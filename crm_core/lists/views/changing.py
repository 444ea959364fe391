"""Changing many rows, and taking rows out as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm_core.lists.actions import Done, change_many, export_csv
from crm_core.lists.actions.exporting import EXPORT
from crm_core.lists.queries.bulk import bulk_of
from crm_core.lists.queries.declaring import Table
from crm_core.lists.queries.fields.base import ids
from crm_core.lists.views.origin import address_of, asked_in, member_of, query_in, table_of
from kernel.errors import Invalid
from kernel.rights import EVERYBODY, demand
from kernel.web import change, form
from ui.answers import changed, invalid, page
from ui.forms import refuse


@form(EVERYBODY)
def bulk(request: HttpRequest, table: str, name: str) -> HttpResponse:
    """Ask what a change of many rows needs to know, then do it."""
    known = table_of(request, table)
    if known.edit_right:
        demand(member_of(request), known.edit_right)
    kind = bulk_of(known, name)
    asked, view = asked_in(request, known)
    sent = request.POST if request.method == "POST" else request.GET
    picked = ids(sent.getlist("ids"))
    back = address_of(known, asked, view).to()
    questions = import_string(kind.form) if kind.form else None
    submitted = request.method == "POST"
    filled = questions(request.POST if submitted else None, by=member_of(request)) if questions else None
    if submitted and (filled is None or filled.is_valid()):
        values = filled.cleaned_data if filled else {}
        everything = asked if sent.get("all") else None
        try:
            done = change_many(
                by=member_of(request), table=table, name=name, ids=picked, asked=everything, values=values
            )
        except Invalid as error:
            if filled is None:
                raise
            refuse(filled, error)
        else:
            return changed(request, to=back, words=_words(known, done), undo=_undo(done), follow=True)
    values = {
        "form": filled, "change": kind, "table": known, "ids": picked, "all": sent.get("all", ""),
        "asked": query_in(request), "back": back, "url": request.path,
    }  # fmt: skip
    answer = invalid if filled is not None and filled.errors else page
    return answer(request, "lists/bulk.html", values, part="dialog")


def _words(table: Table, done: Done) -> str:
    if done.job is not None:
        return _("The change runs in the background. You can go on working.")
    words = ngettext("%(n)s record changed", "%(n)s records changed", done.done) % {"n": done.done}
    if done.kept:
        left = ngettext("%(n)s left as it was", "%(n)s left as they were", done.kept) % {"n": done.kept}
        words = _("%(changed)s, %(left)s") % {"changed": words, "left": left}
    return words


def _undo(done: Done) -> str:
    if done.job is not None or not done.done:
        return ""
    return reverse("lists:bulk_undoing", args=[done.change_set.id])


@change(EVERYBODY)
def bulk_undoing(request: HttpRequest, id: Any) -> HttpResponse:
    """Take a change of many rows back; what somebody has changed since stays."""
    from crm_core.records.actions import undo_change_set

    done = undo_change_set(by=member_of(request), id=id)
    kept = len(done.kept)
    words = _("Taken back")
    if kept:
        words = ngettext(
            "Taken back, except %(n)s record that was changed since",
            "Taken back, except %(n)s records that were changed since",
            kept,
        ) % {"n": kept}
    return changed(request, to=request.headers.get("Referer", "/"), words=words, follow=True)


@change(EXPORT)
def export(request: HttpRequest, table: str) -> HttpResponse:
    """The list as it stands, all pages, as a file for a spreadsheet."""
    known = table_of(request, table)
    asked, _view = asked_in(request, known)
    name, pieces = export_csv(by=member_of(request), table=table, asked=asked)
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]
