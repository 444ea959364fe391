"""Tasks, calls and meetings: the page of tasks, the composer's forms, the dialog, marks of done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.activities import actions, queries
from crm_core.activities.forms import TALK_FIELDS, ActivityForm, DueForm, TalkForm, at_fields, initial_of
from crm_core.activities.models import Activity
from crm_core.records.models import Card
from crm_core.records.queries import any_card_for
from crm_core.team.queries import active_members
from crm_core.timeline.queries import feed
from kernel.errors import Invalid
from kernel.web import change, form, page
from ui import answers
from ui.forms import refuse

COMPOSERS = {"call": "activities/composer_call.html", "task": "activities/composer_task.html"}
DIALOG = "activities/form.html"
PAGE = "activities/composer_page.html"


def _url(card: Card | None) -> str:
    return card.url if card else reverse("activities:tasks")


def _record_regions(request: HttpRequest, card: Card) -> list[str]:
    """What shows activities on a record's page: timeline, next step, open tasks."""
    member: Any = request.member  # type: ignore[attr-defined]
    values = {"card": card, "open": queries.open_of(member, card), "feed": feed(member, card)}
    return [
        answers.region(request, "#timeline", "timeline/feed.html#feed", values),
        answers.region(request, "#next-step", "activities/next_step.html", values),
        answers.region(request, "#tasks", "activities/panel.html", values, "outerHTML"),
    ]


def _page_card(request: HttpRequest) -> Card | None:
    """The record on whose page the change was asked for (``?record=``), if it was on one."""
    given = request.GET.get("record", "")
    try:
        return any_card_for(request.member, UUID(given)) if given else None  # type: ignore[attr-defined]
    except ValueError:
        return None


def _answer(request: HttpRequest, found: Activity, words: str, undo: str = "") -> HttpResponse:
    """Regions of the record's page, or the row of a list of tasks, with the toast."""
    card = _page_card(request)
    to = answers.safe_next(request, _url(card or found.card))
    closed = answers.region(request, "#dialog-body", "activities/gone.html", {}, "innerHTML")
    if card is not None:
        regions = _record_regions(request, card)
        return answers.changed(request, closed, *regions, to=to, words=words, undo=undo)
    values = {"row": found, "near": request.GET.get("near") == "1"}
    template = "activities/row.html" if found.removed_at is None else "activities/gone.html"
    row = answers.region(request, f"#activity-{found.id}", template, values, "outerHTML")
    return answers.changed(request, closed, row, to=to, words=words, undo=undo)


@page("activities.view")
def tasks(request: HttpRequest) -> HttpResponse:
    """Everything that is to be done: mine or everybody's, open by day or done."""
    member: Any = request.member  # type: ignore[attr-defined]
    mine = request.GET.get("who") != "all"
    done = request.GET.get("show") == "done"
    values: dict[str, Any] = {"mine": mine, "done": done}
    if done:
        values["rows"] = queries.done_lately(member, mine=mine)
    else:
        values["agenda"] = queries.agenda(member, mine=mine)
    return answers.page(request, "activities/tasks.html", values, part="list")


@change("activities.edit")
def quick(request: HttpRequest) -> HttpResponse:
    """Plan from one line of words."""
    member: Any = request.member  # type: ignore[attr-defined]
    text = request.POST.get("text", "")
    draft = actions.read_quick(text, language=member.language, zone=member.zone)
    mine = {"agenda": None, "mine": True, "done": False}
    try:
        actions.plan(by=member, title=draft.title, kind=draft.kind, due_at=draft.due_at, due_on=draft.due_on)
    except Invalid as error:
        values = mine | {"agenda": queries.agenda(member), "text": text, "wrong": str(error)}
        return answers.invalid(request, "activities/tasks.html", values, part="quick")
    values = mine | {"agenda": queries.agenda(member)}
    line = answers.region(request, "#quick", "activities/tasks.html#quick", {}, "outerHTML")
    body = answers.region(request, "#tasks-list", "activities/tasks.html#list", values)
    return answers.changed(request, line, body, to=reverse("activities:tasks"), words=_("Planned"))


@form("activities.edit")
def planning(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """The composer for a task, and the task that it sends."""
    member: Any = request.member  # type: ignore[attr-defined]
    card = any_card_for(member, card_id)
    if request.method != "POST":
        return _composer(request, "task", card, DueForm(initial={"title": request.GET.get("text", "")}))
    asked = DueForm(request.POST)
    if asked.is_valid():
        try:
            actions.plan(by=member, card_id=card.id, **asked.arguments())
        except Invalid as error:
            refuse(asked, error)
        else:
            return _sent(request, "task", card, DueForm(), _("Planned"))
    return _composer(request, "task", card, asked, wrong=True)


@form("activities.edit")
def logging(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """The composer for a call or meeting that took place."""
    member: Any = request.member  # type: ignore[attr-defined]
    card = any_card_for(member, card_id)
    if request.method != "POST":
        kind = "meeting" if request.GET.get("kind") == "meeting" else "call"
        blank = TalkForm(initial={"text": request.GET.get("text", ""), "kind": kind})
        return _composer(request, "call", card, blank)
    asked = TalkForm(request.POST)
    if asked.is_valid():
        try:
            actions.log_call(by=member, card_id=card.id, **asked.arguments())
        except Invalid as error:
            refuse(asked, at_fields(error, TALK_FIELDS))
        else:
            return _sent(request, "call", card, TalkForm(initial={"kind": "call"}), _("Saved"))
    return _composer(request, "call", card, asked, wrong=True)


def _composer(
    request: HttpRequest, name: str, card: Card, asked: Any, *, wrong: bool = False
) -> HttpResponse:
    """The composer in its place, or on a page of its own without JavaScript."""
    values = {"card": card, "form": asked, "composer": COMPOSERS[name]}
    answer = answers.invalid if wrong else answers.page
    return answer(request, PAGE, values, part="composer")


def _sent(request: HttpRequest, name: str, card: Card, blank: Any, words: str) -> HttpResponse:
    fresh = answers.region(request, "#composer", COMPOSERS[name], {"card": card, "form": blank}, "outerHTML")
    # What was sent stands in the timeline below: no toast has to say so.
    said = "" if answers.is_htmx(request) else words
    return answers.changed(request, fresh, *_record_regions(request, card), to=_url(card), words=said)


@form("activities.edit")
def creating(request: HttpRequest) -> HttpResponse:
    """The dialog that plans something new, on a record (``?card=``) or on none."""
    member: Any = request.member  # type: ignore[attr-defined]
    given = request.GET.get("card", "")
    card = any_card_for(member, UUID(given)) if given else None
    start = {
        "owner": str(member.id),
        "kind": request.GET.get("kind", "task"),
        "day": request.GET.get("day", ""),
    }
    asked = ActivityForm(request.POST or None, people=active_members(), initial=start)
    if request.method == "POST" and asked.is_valid():
        try:
            found = actions.plan(by=member, card_id=card.id if card else None, **asked.arguments())
        except Invalid as error:
            refuse(asked, error)
        else:
            return _closed(request, found, card, _("Planned"))
    return _dialog(request, asked, {"card": card})


@form("activities.edit")
def editing(request: HttpRequest, id: UUID) -> HttpResponse:
    """The dialog that shows and changes an activity."""
    member: Any = request.member  # type: ignore[attr-defined]
    found = queries.activity(member, id)
    asked = ActivityForm(request.POST or None, people=_people(found), initial=initial_of(found))
    if request.method == "POST" and asked.is_valid():
        try:
            changed = actions.change_activity(
                by=member, id=id, version=asked.cleaned_data["version"], **asked.arguments()
            )
        except Invalid as error:
            refuse(asked, error)
        else:
            return _closed(request, changed, _page_card(request), _("Saved"))
    return _dialog(request, asked, {"card": found.card, "found": found})


def _people(found: Activity) -> list[Any]:
    """Those who can be given it; whoever has it now stays on the list, deactivated or not."""
    people = list(active_members())
    if found.owner is not None and found.owner not in people:
        people.append(found.owner)
    return people


def _dialog(request: HttpRequest, asked: ActivityForm, values: dict[str, Any]) -> HttpResponse:
    answer = answers.invalid if asked.errors else answers.page
    record = request.GET.get("record", "") or request.GET.get("card", "")
    return answer(request, DIALOG, values | {"form": asked, "record": record}, part="dialog")


def _closed(request: HttpRequest, found: Activity, card: Card | None, words: str) -> HttpResponse:
    """Close the dialog and bring what lies below it up to date."""
    if card is None and answers.is_htmx(request):
        # Which group of the tasks it belongs to now is the page's matter: let it be drawn anew.
        to = answers.safe_next(request, reverse("activities:tasks"))
        return answers.changed(request, to=to, words=words, follow=True)
    empty = answers.region(request, "#dialog-body", "activities/gone.html", {}, "innerHTML")
    regions = _record_regions(request, card) if card else []
    return answers.changed(request, empty, *regions, to=_url(card or found.card), words=words)


@change("activities.edit")
def completion(request: HttpRequest, id: UUID) -> HttpResponse:
    """Done; the toast takes it back."""
    found = actions.complete(by=request.member, id=id)  # type: ignore[attr-defined]
    return _answer(
        request, found, _("Done: %(title)s") % {"title": found}, _back("reopening", found, request)
    )


@change("activities.edit")
def reopening(request: HttpRequest, id: UUID) -> HttpResponse:
    """Not done after all."""
    found = actions.reopen(by=request.member, id=id)  # type: ignore[attr-defined]
    return _answer(request, found, _("Open again: %(title)s") % {"title": found})


@change("activities.edit")
def removal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Taken away; the toast brings it back."""
    found = actions.remove(by=request.member, id=id)  # type: ignore[attr-defined]
    return _answer(
        request, found, _("Removed: %(title)s") % {"title": found}, _back("return", found, request)
    )


@change("activities.edit")
def returning(request: HttpRequest, id: UUID) -> HttpResponse:
    """Back again."""
    found = actions.restore(by=request.member, id=id)  # type: ignore[attr-defined]
    return _answer(request, found, _("Back again: %(title)s") % {"title": found})


def _back(name: str, found: Activity, request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return reverse(f"activities:{name}", args=[found.id]) + (f"?{query}" if query else "")
