"""The first form of a company or a person, as a page or a dialog."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from crm_core.clients import actions, queries
from crm_core.clients.forms import CreateForm
from crm_core.team.queries import assignable_by
from kernel.errors import Invalid
from kernel.web import form
from ui import answers
from ui.forms import refuse

TEMPLATE = "clients/form.html"
# Complaints about contact ways come with their place in the list that the form sends.
_WAYS = {"phone-0": "phone", "email-1": "email"}


@form("clients.edit")
def new_company(request: HttpRequest) -> HttpResponse:
    """Add a company."""
    asked = _form(request, "company")
    if request.method == "POST" and asked.is_valid():
        try:
            row = actions.create_company(
                by=request.member,  # type: ignore[attr-defined]
                values=asked.values(),
                ways=asked.ways(),
                owner=asked.owner_member(),
            )
        except Invalid as error:
            _refuse(asked, error)
        else:
            return _made(request, row.card, _("Company added"))
    return _answer(request, "company", asked)


@form("clients.edit")
def new_person(request: HttpRequest) -> HttpResponse:
    """Add a person, at a company if ``?company=`` names one."""
    asked = _form(request, "person")
    if request.method == "POST" and asked.is_valid():
        try:
            row = actions.create_person(
                by=request.member,  # type: ignore[attr-defined]
                values=asked.values(),
                ways=asked.ways(),
                owner=asked.owner_member(),
                **asked.place(),
            )
        except Invalid as error:
            _refuse(asked, error)
        else:
            return _made(request, row.card, _("Person added"))
    return _answer(request, "person", asked)


def _form(request: HttpRequest, kind: str) -> CreateForm:
    member: Any = request.member  # type: ignore[attr-defined]
    known = ("name", "first_name", "last_name", "phone", "email", "company")
    start = {name: value for name, value in request.GET.items() if name in known}
    return CreateForm(
        request.POST or None,
        by=member,
        kind=kind,
        headings=queries.heading_options(kind),
        people=assignable_by(member),
        initial={"owner": str(member.id)} | start,
    )


def _refuse(asked: CreateForm, error: Invalid) -> None:
    refuse(asked, Invalid(fields={_WAYS.get(name, name): found for name, found in error.fields.items()}))


def _made(request: HttpRequest, card: Any, words: str) -> HttpResponse:
    to = answers.safe_next(request, card.url)
    return answers.changed(request, to=to, words=words, follow=True)


def _answer(request: HttpRequest, kind: str, asked: CreateForm) -> HttpResponse:
    answer = answers.invalid if asked.errors else answers.page
    return answer(request, TEMPLATE, {"kind": kind, "form": asked}, part="dialog")
