"""The pages of a company and of a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.safestring import mark_safe

from crm_core.activities.queries import open_of
from crm_core.clients import queries
from crm_core.clients.views.facts import facts_of
from crm_core.records.actions import visit
from crm_core.records.queries import card_for
from crm_core.timeline.queries import feed
from kernel.web import page
from ui import answers


@page("clients.view")
def company(request: HttpRequest, id: UUID) -> HttpResponse:
    """A company: what is known, what happened, what is next."""
    member: Any = request.member  # type: ignore[attr-defined]
    row = queries.company(member, id)
    return _record(request, "company", row, {"subtitle": _company_line(row)})


@page("clients.view")
def person(request: HttpRequest, id: UUID) -> HttpResponse:
    """A person: what is known, what happened, what is next."""
    member: Any = request.member  # type: ignore[attr-defined]
    row = queries.person(member, id)
    return _record(request, "person", row, {})


def _company_line(row: Any) -> str:
    """What stands under a company's name."""
    parts = (row.industry.name if row.industry else "", row.city)
    return ", ".join(part for part in parts if part)


def _record(request: HttpRequest, kind: str, row: Any, values: dict[str, Any]) -> HttpResponse:
    member: Any = request.member  # type: ignore[attr-defined]
    visit(by=member, card_id=row.pk, person=row.card)
    show, before = request.GET.get("show", ""), request.GET.get("before", "")
    values |= {
        "kind": kind,
        "row": row,
        "card": row.card,
        "starred": row.starred,
        "may_tag": member.may("clients.edit"),
        "actions": _rooms("record_actions")(request, kind, row.card),
        "open": open_of(member, row.card),
        "feed": feed(member, row.card, group=show, before=before),
    }
    return answers.page(request, "clients/record.html", values | _known(kind, row) | _urls(kind, row.pk))


def _known(kind: str, row: Any) -> dict[str, Any]:
    """Facts, the number and address that the buttons use, tags."""
    facts, tags = facts_of(row, kind), queries.tags_with_mark(row.pk)
    ways = [line for fact in facts if fact.form == "ways" for line in fact.value]
    return {
        "facts": facts,
        "call": next((line for line in ways if line.way.kind == "phone" and line.href), None),
        "mail": next((line for line in ways if line.way.kind == "email"), None),
        "tags": tags,
        "record_tags": [tag for tag in tags if tag.here],
    }


def _urls(kind: str, id: UUID) -> dict[str, str]:
    return {
        "ways_url": reverse(f"clients:{kind}_ways", args=[id]),
        "taking_url": reverse(f"clients:{kind}_taking", args=[id]),
        "related_url": reverse(f"clients:{kind}_related", args=[id]),
    }


@page("clients.view")
def company_related(request: HttpRequest, id: UUID) -> HttpResponse:
    """What belongs to a company: panels of the rooms above, and its people. Loaded when revealed."""
    member: Any = request.member  # type: ignore[attr-defined]
    card = card_for(member, "company", id)
    values = {"card": card, "panels": _panels(request, "company", card)}
    values |= {"people": queries.people_of(member, id), "children": queries.children_of(member, id)}
    return answers.page(request, "clients/related.html", values, part="company")


@page("clients.view")
def person_related(request: HttpRequest, id: UUID) -> HttpResponse:
    """What belongs to a person: panels of the rooms above, and where the person works."""
    member: Any = request.member  # type: ignore[attr-defined]
    card = card_for(member, "person", id)
    values = {"card": card, "panels": _panels(request, "person", card)}
    values |= {"companies": queries.employments_of(member, id)}
    return answers.page(request, "clients/related.html", values, part="person")


def _panels(request: HttpRequest, kind: str, card: Any) -> list[Any]:
    found: list[Any] = _rooms("panels")(request, kind, card)
    return [mark_safe(panel) for panel in found]  # noqa: S308 (HTML of our own templates)


def _rooms(name: str) -> Any:
    """Rooms above name their panels in the navigation; clients only know where that is."""
    return import_string(f"{settings.TEREM_NAVIGATION}.{name}")
