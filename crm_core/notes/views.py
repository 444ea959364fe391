"""Notes on a record: written in the composer, corrected where they are read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.notes import actions, queries
from crm_core.notes.forms import NoteForm
from crm_core.records.models import Card
from crm_core.records.queries import any_card_for
from crm_core.timeline.queries import feed
from kernel.errors import Invalid
from kernel.web import change, form
from ui import answers
from ui.forms import refuse

COMPOSER = "notes/composer.html"
PAGE = "notes/composer_page.html"
EDITOR = "notes/editor.html"


def _timeline(request: HttpRequest, card: Card) -> str:
    """The record's timeline as it stands now."""
    values = {"feed": feed(request.member, card)}  # type: ignore[attr-defined]
    return answers.region(request, "#timeline", "timeline/feed.html#feed", values)


def _said(request: HttpRequest) -> str:
    """What was saved stands in the timeline at once; only a page that is left says it in a toast."""
    return "" if answers.is_htmx(request) else _("Note saved")


@form("notes.write")
def adding(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """The composer for a note, and the note that it sends."""
    member: Any = request.member  # type: ignore[attr-defined]
    card = any_card_for(member, card_id)
    if request.method != "POST":
        blank = NoteForm(initial={"text": request.GET.get("text", "")})
        return answers.page(request, PAGE, {"card": card, "form": blank}, part="composer")
    asked = NoteForm(request.POST)
    if not asked.is_valid():
        return answers.invalid(request, PAGE, {"card": card, "form": asked}, part="composer")
    try:
        actions.add_note(by=member, card_id=card.id, text=request.POST["text"])
    except Invalid as error:
        refuse(asked, error)
        return answers.invalid(request, PAGE, {"card": card, "form": asked}, part="composer")
    fresh = answers.region(request, "#composer", COMPOSER, {"card": card}, "outerHTML")
    return answers.changed(request, fresh, _timeline(request, card), to=card.url, words=_said(request))


@form("notes.write")
def editing(request: HttpRequest, id: UUID) -> HttpResponse:
    """Correct a note in its place."""
    member: Any = request.member  # type: ignore[attr-defined]
    note = queries.note(member, id)
    asked = NoteForm(request.POST or None, initial={"text": note.text})
    values = {"note": note, "form": asked, "card": note.card, "back": note.card.url}
    if request.method != "POST":
        return answers.page(request, EDITOR, values, part="editor")
    if not asked.is_valid():
        return answers.invalid(request, EDITOR, values, part="editor")
    actions.edit_note(by=member, id=id, text=request.POST["text"])
    line = _timeline(request, note.card)
    return answers.changed(request, line, to=note.card.url, words=_said(request))


@change("notes.write")
def removal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take a note away, with the way back in the toast."""
    note = actions.remove_note(by=request.member, id=id)  # type: ignore[attr-defined]
    return answers.changed(
        request,
        _timeline(request, note.card),
        to=note.card.url,
        words=_("Note removed"),
        undo=reverse("notes:return", args=[id]),
    )


@change("notes.write")
def returning(request: HttpRequest, id: UUID) -> HttpResponse:
    """Bring a removed note back."""
    note = actions.restore_note(by=request.member, id=id)  # type: ignore[attr-defined]
    return answers.changed(request, _timeline(request, note.card), to=note.card.url, words=_("Note is back"))
