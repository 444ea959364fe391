"""Contact ways of a client, and where people work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from crm_core.clients import actions, queries
from crm_core.clients.forms import WAY_KINDS, WAY_LABELS, EmployForm, place_of, ways_of
from crm_core.clients.views.fields import READ
from crm_core.records.models import Card
from crm_core.records.queries import card_for
from kernel.errors import Conflict, Invalid
from kernel.web import change, form
from ui import answers
from ui.forms import refuse

WAYS = "clients/ways.html"
EMPLOY = "clients/employ.html"
SET_WAYS: dict[str, Any] = {"company": actions.set_company_ways, "person": actions.set_person_ways}
_SPARE = 2


@form("clients.edit")
def company_ways(request: HttpRequest, id: UUID) -> HttpResponse:
    """All contact ways of a company in one form."""
    return _ways(request, "company", id)


@form("clients.edit")
def person_ways(request: HttpRequest, id: UUID) -> HttpResponse:
    """All contact ways of a person in one form."""
    return _ways(request, "person", id)


def _ways(request: HttpRequest, kind: str, id: UUID) -> HttpResponse:
    member: Any = request.member  # type: ignore[attr-defined]
    row = READ[kind](member, id)
    if request.method != "POST":
        lines = [_line(way.kind, way.value, way.label, way.preferred) for way in queries.ways_of(id)]
        return _shown(request, kind, row.card, lines, row.card.version)
    given = ways_of(request.POST)
    version = request.POST.get("version", "")
    try:
        SET_WAYS[kind](by=member, id=id, ways=given, version=int(version) if version.isdecimal() else None)
    except Invalid as error:
        lines = [
            _line(way.kind, way.value, way.label, way.preferred, error.fields.get(f"{way.kind}-{number}", []))
            for number, way in enumerate(given)
        ]
        return _shown(request, kind, row.card, lines, version, list(error.fields.get("", [])))
    except Conflict as conflict:
        lines = [_line(way.kind, way.value, way.label, way.preferred) for way in given]
        return _shown(request, kind, row.card, lines, row.card.version, [str(conflict)], status=409)
    return answers.changed(request, to=row.card.url, words=_("Contacts saved"), follow=True)


def _line(kind: str, value: str, label: str, preferred: bool, wrong: Any = ()) -> dict[str, Any]:
    return {"kind": kind, "value": value, "label": label, "preferred": preferred, "wrong": list(wrong)}


def _shown(
    request: HttpRequest,
    kind: str,
    card: Card,
    lines: list[dict[str, Any]],
    version: Any,
    complaints: list[Any] | None = None,
    status: int = 0,
) -> HttpResponse:
    wrong = bool(complaints) or any(line["wrong"] for line in lines)
    spare = 0 if wrong else _SPARE if lines else _SPARE + 1
    values = {
        "kind": kind,
        "card": card,
        "lines": [*lines, *(_line("phone", "", "", False) for _number in range(spare))],
        "kinds": WAY_KINDS,
        "labels": WAY_LABELS,
        "version": version,
        "complaints": complaints or [],
    }
    return answers.page(request, WAYS, values, part="dialog", status=status or (422 if wrong else 200))


@change("clients.edit")
def company_taking(request: HttpRequest, id: UUID) -> HttpResponse:
    """Become the owner of a company."""
    return _taking(request, "company", id)


@change("clients.edit")
def person_taking(request: HttpRequest, id: UUID) -> HttpResponse:
    """Become the owner of a person."""
    return _taking(request, "person", id)


def _taking(request: HttpRequest, kind: str, id: UUID) -> HttpResponse:
    seen = request.POST.get("seen", "")
    try:
        owner = UUID(seen) if seen else None
    except ValueError:
        owner = None
    card = actions.take(by=request.member, kind=kind, id=id, seen_owner=owner)  # type: ignore[attr-defined]
    return answers.changed(request, to=card.url, words=_("You are the owner now"), follow=True)


@form("clients.edit")
def employing(request: HttpRequest, id: UUID) -> HttpResponse:
    """Say where a person works, and as what."""
    member: Any = request.member  # type: ignore[attr-defined]
    card = card_for(member, "person", id)
    asked = EmployForm(request.POST or None, by=member)
    if request.method == "POST" and asked.is_valid():
        try:
            actions.employ(
                by=member,
                person_id=id,
                **place_of(asked.cleaned_data["company"]),
                role=asked.cleaned_data["role"],
                main=asked.cleaned_data["main"],
            )
        except Invalid as error:
            refuse(asked, error)
        else:
            return answers.changed(request, to=card.url, words=_("Saved"), follow=True)
    answer = answers.invalid if asked.errors else answers.page
    return answer(request, EMPLOY, {"card": card, "form": asked}, part="dialog")


@change("clients.edit")
def leaving(request: HttpRequest, id: UUID, company_id: UUID) -> HttpResponse:
    """The person does not work there any more."""
    member: Any = request.member  # type: ignore[attr-defined]
    card = card_for(member, "person", id)
    actions.leave(by=member, person_id=id, company_id=company_id)
    to = answers.safe_next(request, card.url)
    return answers.changed(request, to=to, words=_("Place of work removed"), follow=True)
