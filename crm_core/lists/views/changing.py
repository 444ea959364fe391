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
from crm_core.lists.queries.declaring import Bulk, Table
from crm_core.lists.queries.fields.base import ids
from crm_core.lists.views.origin import address_of, asked_in, member_of, query_in, table_of
from crm_core.records.actions import undo_change_set
from kernel.errors import Invalid
from kernel.rights import EVERYBODY, demand
from kernel.web import change, form
from ui.answers import changed, invalid, page
from ui.forms import refuse


@form(EVERYBODY)
def bulk(request: HttpRequest, table: str, name: str) -> HttpResponse:
    """Ask what a change of many rows needs to know (``ask``), then do it."""
    known = table_of(request, table)
    if known.edit_right:
        demand(member_of(request), known.edit_right)
    kind = bulk_of(known, name)
    questions = _questions(request, kind)
    if _is_answered(request) and (questions is None or questions.is_valid()):
        done = _done(request, known, name, questions)
        if done is not None:
            return done
    values = {"form": questions, "change": kind, "table": known, **_chosen(request, known)}
    answer = invalid if questions is not None and questions.errors else page
    return answer(request, "lists/bulk.html", values, part="dialog")


def _questions(request: HttpRequest, kind: Bulk) -> Any:
    if not kind.form:
        return None
    return import_string(kind.form)(request.POST if _is_answered(request) else None, by=member_of(request))


def _is_answered(request: HttpRequest) -> bool:
    """False for the first visit, which brings the chosen rows only."""
    return request.method == "POST" and "ask" not in request.POST


def _chosen(request: HttpRequest, known: Table) -> dict[str, Any]:
    """Which rows are meant, for the form that asks the questions."""
    sent = request.POST if request.method == "POST" else request.GET
    told = {"ids": ids(sent.getlist("ids")), "all": sent.get("all", ""), "asked": query_in(request)}
    return {**told, "url": request.path, "back": _back(request, known)}


def _back(request: HttpRequest, known: Table) -> str:
    return address_of(known, *asked_in(request, known)).to()


def _done(request: HttpRequest, known: Table, name: str, questions: Any) -> HttpResponse | None:
    """The answer to a change that was made; None if its questions were answered wrongly."""
    asked, _view = asked_in(request, known)
    picked = ids(request.POST.getlist("ids"))
    everything = asked if request.POST.get("all") else None
    values = questions.cleaned_data if questions else {}
    try:
        done = change_many(
            by=member_of(request), table=known.name, name=name, ids=picked, asked=everything, values=values
        )
    except Invalid as error:
        if questions is None:
            raise
        refuse(questions, error)
        return None
    return changed(request, to=_back(request, known), words=_words(done), undo=_undo(done), follow=True)


def _words(done: Done) -> str:
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


@change(EXPORT, heavy="export")
def export(request: HttpRequest, table: str) -> HttpResponse:
    """The list as it stands, all pages, as a file for a spreadsheet."""
    known = table_of(request, table)
    asked, _view = asked_in(request, known)
    name, pieces = export_csv(by=member_of(request), table=table, asked=asked)
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]
