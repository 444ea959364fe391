"""A deal's page: facts changed where they are read, the path of stages, what happened and what is next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.records import actions as records
from crm_core.records import queries as marks
from crm_core.sales import actions, queries
from crm_core.sales.forms import INPUTS, FieldForm, OwnerForm
from crm_core.sales.models import Deal
from crm_core.sales.views.regions import SHOW, changed_regions, record_regions, shown, typed, url_of
from crm_core.team.queries import assignable_by
from crm_core.timeline.queries import feed
from kernel.errors import Invalid, NotFound
from kernel.web import change, form, page
from ui import answers
from ui.forms import refuse

FIELD = "sales/field.html"


@page(actions.VIEW)
def deal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Everything about one deal."""
    member: Any = request.member  # type: ignore[attr-defined]
    found = queries.deal_of(member, id)
    values = shown(member, found) | {"focus": request.GET.get("focus", "")}
    if not answers.wants_part(request):
        records.visit(by=member, card_id=found.pk)
        values |= {
            "feed": _feed(request, found),
            "starred": marks.is_starred(member, found.pk),
            "people": queries.people_around(member, found),
            "others": queries.other_deals(member, found),
        }
    return answers.page(request, SHOW, values, part="facts")


def _feed(request: HttpRequest, found: Deal) -> Any:
    """What happened, by the filter and page that the address asks for."""
    asked = request.GET
    member: Any = request.member  # type: ignore[attr-defined]
    return feed(member, found.card, group=asked.get("show", ""), before=asked.get("before", ""))


@form(actions.EDIT)
def field(request: HttpRequest, id: UUID, name: str) -> HttpResponse:
    """Change one field in its place."""
    member: Any = request.member  # type: ignore[attr-defined]
    found = queries.deal_of(member, id)
    if name not in INPUTS:
        raise NotFound
    asked = FieldForm(typed(request), by=member, deal=found, field=name, initial=_first(found))
    if request.method == "POST" and asked.is_valid():
        try:
            version = asked.cleaned_data["version"]
            actions.change_deal(by=member, id=id, version=version, **asked.changes())
        except Invalid as error:
            asked.asks = isinstance(error, actions.DateBeforeOpening)
            refuse(asked, error)
        else:
            return answers.changed(request, *record_regions(request, id, name), to=url_of(found))
    answer = answers.invalid if asked.errors else answers.page
    return answer(request, FIELD, _values(found, asked, name), part="editor")


@form("records.assign")
def owner(request: HttpRequest, id: UUID) -> HttpResponse:
    """Give the deal to another colleague."""
    member: Any = request.member  # type: ignore[attr-defined]
    found = queries.deal_of(member, id)
    owners = [(str(one.id), one.name) for one in assignable_by(member)]
    asked = OwnerForm(typed(request), owners=owners, initial={"owner": str(found.card.owner_id or "")})
    if request.method == "POST" and asked.is_valid():
        records.assign(by=member, ids=[id], owner_id=asked.chosen)
        if not queries.sees(member, id):
            to = reverse("sales:deals")
            return answers.changed(request, to=to, words=_("Owner changed"), follow=True)
        return answers.changed(
            request, *changed_regions(request, id), to=url_of(found), words=_("Owner changed")
        )
    answer = answers.invalid if asked.errors else answers.page
    return answer(request, FIELD, {**_values(found, asked, "owner"), "action": request.path}, part="editor")


@change("activities.edit")
def usual(request: HttpRequest, id: UUID) -> HttpResponse:
    """Plan the usual task of the deal's stage as its next step."""
    member: Any = request.member  # type: ignore[attr-defined]
    actions.plan_usual(by=member, id=id)
    found = queries.deal_of(member, id)
    return answers.changed(request, *changed_regions(request, id), to=url_of(found), words=_("Planned"))


def _first(found: Deal) -> dict[str, Any]:
    """The present values, as the form shows them."""
    return {
        "name": found.card.label,
        "client": str(found.client_id or ""),
        "contact": str(found.contact_id or ""),
        "amount": found.money,
        "expected_on": found.expected_on,
        "opened_on": found.opened_on,
        "probability": found.probability,
        "source": found.source,
        "description": found.description,
        "reason": str(found.reason_id or ""),
        "reason_text": found.reason_text,
        "version": found.card.version,
    }


def _values(found: Deal, asked: Any, name: str) -> dict[str, Any]:
    path = reverse("sales:field", args=[found.pk, name])
    return {"deal": found, "form": asked, "name": name, "action": path, "back": url_of(found)}
