"""Settings: headings such as industry and region, and their values."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.clients import actions, queries
from crm_core.clients.forms import HeadingForm, NameForm, RemovalForm, ValueForm
from kernel.errors import Invalid
from kernel.web import change, form
from ui import answers
from ui.forms import refuse


@form("clients.set_up")
def headings(request: HttpRequest) -> HttpResponse:
    """All headings, and the form of a new one."""
    asked = HeadingForm(request.POST or None)
    if request.method == "POST" and asked.is_valid():
        try:
            made = actions.create_heading(by=request.member, **asked.asked())  # type: ignore[attr-defined]
        except Invalid as error:
            refuse(asked, error)
        else:
            words = _("Heading added: it is a column and a filter of the list now")
            return answers.changed(
                request, to=reverse("clients:heading", args=[made.id]), words=words, follow=True
            )
    values = {
        "form": asked,
        "companies": queries.heading_options("company"),
        "people": queries.heading_options("person"),
    }
    answer = answers.invalid if asked.errors else answers.page
    return answer(request, "clients/headings.html", values)


@form("clients.set_up")
def heading(request: HttpRequest, id: UUID) -> HttpResponse:
    """One heading: its name and its values with their use."""
    found, values = queries.heading(id)
    asked = NameForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and asked.is_valid():
        try:
            actions.rename_heading(by=request.member, id=id, name=asked.cleaned_data["name"])  # type: ignore[attr-defined]
        except Invalid as error:
            refuse(asked, error)
        else:
            return _back(request, id, _("Heading renamed"))
    return _heading_page(request, found, values, asked, ValueForm())


def _heading_page(
    request: HttpRequest, found: Any, values: Any, asked: NameForm, fresh: ValueForm
) -> HttpResponse:
    answer = answers.invalid if asked.errors or fresh.errors else answers.page
    shown = {"heading": found, "values": values, "form": asked, "fresh": fresh}
    return answer(request, "clients/heading.html", shown)


def _back(request: HttpRequest, heading_id: UUID, words: str) -> HttpResponse:
    to = reverse("clients:heading", args=[heading_id])
    return answers.changed(request, to=to, words=words, follow=True)


@change("clients.set_up")
def heading_values(request: HttpRequest, id: UUID) -> HttpResponse:
    """Add a value to a heading."""
    fresh = ValueForm(request.POST)
    if fresh.is_valid():
        try:
            actions.add_value(by=request.member, heading_id=id, **fresh.cleaned_data)  # type: ignore[attr-defined]
        except Invalid as error:
            refuse(fresh, error)
        else:
            return _back(request, id, _("Value added"))
    found, values = queries.heading(id)
    return _heading_page(request, found, values, NameForm(initial={"name": found.name}), fresh)


@change("clients.set_up")
def heading_order(request: HttpRequest, id: UUID) -> HttpResponse:
    """Move one value up or down (``value``, ``by`` = -1 or 1)."""
    _found, values = queries.heading(id)
    ids = [value.id for value, _count in values]
    wanted = request.POST.get("value", "")
    at = next((place for place, key in enumerate(ids) if str(key) == wanted), None)
    if at is not None:
        to = max(0, min(len(ids) - 1, at + (-1 if request.POST.get("by") == "-1" else 1)))
        ids.insert(to, ids.pop(at))
        actions.arrange_values(by=request.member, heading_id=id, ids=ids)  # type: ignore[attr-defined]
    return _back(request, id, "")


@change("clients.set_up")
def heading_removal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Remove one of the workspace's own headings."""
    actions.delete_heading(by=request.member, id=id)  # type: ignore[attr-defined]
    return answers.changed(request, to=reverse("clients:headings"), words=_("Heading removed"), follow=True)


@form("clients.set_up")
def value(request: HttpRequest, id: UUID) -> HttpResponse:
    """Rename or recolour a value."""
    found = queries.heading_value(id)
    asked = ValueForm(request.POST or None, initial={"name": found.name, "hue": found.hue})
    if request.method == "POST" and asked.is_valid():
        try:
            actions.change_value(by=request.member, id=id, **asked.cleaned_data)  # type: ignore[attr-defined]
        except Invalid as error:
            refuse(asked, error)
        else:
            return _back(request, found.heading_id, _("Value saved"))
    answer = answers.invalid if asked.errors else answers.page
    return answer(request, "clients/value.html", {"value": found, "form": asked}, part="dialog")


@form("clients.set_up")
def value_removal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Remove a value; if records have it, say where they go."""
    found = queries.heading_value(id)
    _heading, values = queries.heading(found.heading_id)
    count = dict(values).get(found, 0)
    others = [value for value, _count in values if value.id != id]
    asked = RemovalForm(request.POST or None, others=others)
    if request.method == "POST" and asked.is_valid():
        try:
            actions.delete_value(by=request.member, id=id, **asked.target())  # type: ignore[attr-defined]
        except Invalid as error:
            refuse(asked, error)
        else:
            return _back(request, found.heading_id, _("Value removed"))
    answer = answers.invalid if asked.errors else answers.page
    shown = {"value": found, "form": asked, "count": count}
    return answer(request, "clients/value_removal.html", shown, part="dialog")
