"""Inline editing: one address for every fact of a client, driven by its form."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.clients import actions, queries
from crm_core.clients.forms import FieldsForm
from crm_core.clients.views.facts import Fact, fact_of, initial_of
from crm_core.records.actions import assign
from crm_core.records.models import Card
from crm_core.team.queries import assignable_by
from crm_core.timeline.queries import feed
from kernel.errors import Conflict, Invalid
from kernel.web import form
from ui import answers
from ui.forms import Form, refuse

READ = {"company": queries.company, "person": queries.person}
CHANGE: dict[str, Any] = {"company": actions.change_company, "person": actions.change_person}
TEMPLATE = "clients/field.html"


@form("clients.edit")
def company_field(request: HttpRequest, id: UUID, name: str) -> HttpResponse:
    """One fact of a company: read, shown as a form, saved."""
    return _field(request, "company", id, name)


@form("clients.edit")
def person_field(request: HttpRequest, id: UUID, name: str) -> HttpResponse:
    """One fact of a person: read, shown as a form, saved."""
    return _field(request, "person", id, name)


def _field(request: HttpRequest, kind: str, id: UUID, name: str) -> HttpResponse:
    member: Any = request.member  # type: ignore[attr-defined]
    row = READ[kind](member, id)
    fact = fact_of(row, kind, name)
    if request.method != "POST" and request.GET.get("show"):
        return answers.page(request, TEMPLATE, _values(kind, row.card, fact, None), part="shown")
    asked = _owner_form(request, row, fact) if name == "owner" else _fields_form(request, kind, row, fact)
    values = _values(kind, row.card, fact, asked)
    if request.method != "POST":
        return answers.page(request, TEMPLATE, values, part="editor")
    if not asked.is_valid():
        return answers.invalid(request, TEMPLATE, values, part="editor")
    try:
        _save(member, kind, row.card, name, asked)
    except Invalid as error:
        refuse(asked, error)
        return answers.invalid(request, TEMPLATE, values, part="editor")
    except Conflict as conflict:
        return _conflict(request, values, conflict)
    return _saved(request, kind, id, name)


def _values(kind: str, card: Card, fact: Fact, asked: Any) -> dict[str, Any]:
    url = reverse(f"clients:{kind}_field", args=[card.id, fact.name])
    return {"kind": kind, "card": card, "fact": fact, "form": asked, "field_url": url}


class OwnerForm(Form):
    """Who is responsible."""

    owner = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, people: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Nobody")), *((str(member.id), member.name) for member in people)]
        self.fields["owner"].choices = choices  # type: ignore[attr-defined]


def _owner_form(request: HttpRequest, row: Any, fact: Fact) -> OwnerForm:
    people = list(assignable_by(request.member))  # type: ignore[attr-defined]
    asked = OwnerForm(request.POST or None, people=people, initial={"owner": str(row.card.owner_id or "")})
    asked.fields["owner"].label = fact.label
    return asked


def _fields_form(request: HttpRequest, kind: str, row: Any, fact: Fact) -> FieldsForm:
    start = initial_of(row, fact) | {"version": row.card.version}
    return FieldsForm(
        request.POST or None,
        by=request.member,  # type: ignore[attr-defined]
        kind=kind,
        names=fact.asked,
        headings=queries.heading_options(kind),
        initial=start,
    )


def _save(member: Any, kind: str, card: Card, name: str, asked: Any) -> None:
    if name == "owner":
        chosen = asked.cleaned_data["owner"]
        outcome = assign(by=member, ids=[card.id], owner_id=UUID(chosen) if chosen else None)
        changed = str(card.owner_id or "") != chosen
        if changed and outcome.kept and card.id not in outcome.done:
            raise Conflict(outcome.kept[0].reason)
        return
    CHANGE[kind](by=member, id=card.id, values=asked.values(), version=asked.cleaned_data["version"])


def _conflict(request: HttpRequest, values: dict[str, Any], conflict: Conflict) -> HttpResponse:
    """Both values side by side: what stands now, and the form with what was typed, ready to win."""
    member: Any = request.member  # type: ignore[attr-defined]
    row = READ[values["kind"]](member, values["card"].id)
    values["fact"] = fact_of(row, values["kind"], values["fact"].name)
    data = request.POST.copy()
    data["version"] = str(row.card.version)
    values["form"].data = data
    values["conflict"] = conflict
    return answers.page(request, TEMPLATE, values, part="editor", status=409)


def _saved(request: HttpRequest, kind: str, id: UUID, name: str) -> HttpResponse:
    member: Any = request.member  # type: ignore[attr-defined]
    row = READ[kind](member, id)
    values = _values(kind, row.card, fact_of(row, kind, name), None) | {"saved": True}
    shown = answers.region(request, f"#fact-{name}", f"{TEMPLATE}#shown", values, "innerHTML")
    regions = [shown, _timeline(request, row.card)]
    if name == "name":
        regions.append(
            answers.region(request, "#record-head", "clients/head.html", {"row": row, "card": row.card})
        )
    return answers.changed(request, *regions, to=row.card.url)


def _timeline(request: HttpRequest, card: Card) -> str:
    values = {"feed": feed(request.member, card)}  # type: ignore[attr-defined]
    return answers.region(request, "#timeline", "timeline/feed.html#feed", values)
