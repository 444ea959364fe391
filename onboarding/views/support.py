"""Asking the operators from inside a workspace: the form behind every page's help, and "My questions"."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.team.actions import MANAGE
from kernel import context
from kernel.errors import Invalid, NotAllowed, TooMany
from kernel.ids import uuid7
from kernel.rights import EVERYBODY
from kernel.web import change, page
from kernel.web import form as form_page
from onboarding.forms import QuestionForm, WordForm
from tenants import api as tenants
from ui import answers
from ui.forms import refuse

_REQUEST = re.compile(r"^[0-9a-f]{12}$")
# What a person may do about all questions of the company, an administrator does.
ALL = MANAGE


def _asker(request: HttpRequest) -> tenants.Asker:
    """Who asks. Raises ``NotAllowed`` for an operator who looks in: that is no person of the company."""
    member: Any = request.member  # type: ignore[attr-defined]
    if member.account_id is None:
        raise NotAllowed
    return tenants.Asker(
        account_id=member.account_id,
        member_id=member.id,
        name=member.name,
        email=member.email,
        role=member.role.name,
        language=context.current().language,
        everything=member.may(ALL),
    )


def _company() -> UUID:
    """Whose questions these are: those of the live workspace, also in a copy beside it."""
    return tenants.original_of(context.tenant().id)


def _whence(request: HttpRequest, told: dict[str, Any]) -> tenants.Whence:
    """The circumstances: the page without anybody's ids, and the whole address only if it was ticked."""
    address, number = told["came_from"], told["request_number"]
    match = answers.match_of(address)
    return tenants.Whence(
        page=match.route if match else "",
        address=address if told["shown"] else "",
        release=context.tenant().release,
        browser=request.headers.get("Accept-Language", ""),
        request_id=number if _REQUEST.match(number) else "",
    )


@form_page(EVERYBODY)
def new_question(request: HttpRequest) -> HttpResponse:
    """Ask: a dialog over the page, or a page of its own."""
    asker = _asker(request)
    number = request.GET.get("request", "")
    initial = {"key": uuid7(), "came_from": answers.came_from(request), "request_number": number}
    form = QuestionForm(request.POST or None, initial=initial, auto_id="ask_%s")
    if form.is_valid():
        told = form.cleaned_data
        fields = {name: told[name] for name in ("key", "subject", "text")}
        try:
            found = tenants.ask_support(
                tenant_id=_company(), person=asker, whence=_whence(request, told), **fields
            )
        except (Invalid, TooMany) as error:
            refuse(form, error if isinstance(error, Invalid) else Invalid(str(error)))
        else:
            to = reverse("support_question", args=[found.id])
            return answers.changed(request, to=to, words=_("Your question is sent"), follow=True)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "onboarding/support/ask.html", {"form": form})


@page(EVERYBODY)
def questions(request: HttpRequest) -> HttpResponse:
    """One's own questions, or with the right to it all of the company, a page at a time."""
    asker = _asker(request)
    every = asker.everything and request.GET.get("whose") == "all"
    rows = tenants.questions_of(_company(), None if every else asker.account_id)
    found = tenants.page_of_questions(rows, request.GET.get("after", ""))
    values = {"rows": found.rows, "next": found.next, "every": every, "may_see_all": asker.everything}
    return answers.page(request, "onboarding/support/questions.html", values)


@form_page(EVERYBODY)
def question(request: HttpRequest, id: UUID) -> HttpResponse:
    """One question with all that was said; more can be said here."""
    asker, company = _asker(request), _company()
    found = tenants.question_for(company, id, None if asker.everything else asker.account_id)
    form = WordForm(request.POST or None, initial={"key": uuid7()})
    if form.is_valid():
        try:
            tenants.add_to_question(tenant_id=company, person=asker, id=id, **form.cleaned_data)
        except (Invalid, TooMany) as error:
            refuse(form, error if isinstance(error, Invalid) else Invalid(str(error)))
        else:
            return answers.changed(request, to=request.path, words=_("Your words are sent"), follow=True)
    values = {"question": found, "messages": tenants.said_about(found), "form": form}
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "onboarding/support/question.html", values)


@change(EVERYBODY)
def solution(request: HttpRequest, id: UUID) -> HttpResponse:
    """Say that the question is solved."""
    tenants.solve_question(tenant_id=_company(), person=_asker(request), id=id)
    to, undo = reverse("support_question", args=[id]), reverse("support_reopening", args=[id])
    return answers.changed(request, to=to, words=_("The question is solved"), undo=undo, follow=True)


@change(EVERYBODY)
def reopening(request: HttpRequest, id: UUID) -> HttpResponse:
    """Open a solved question again."""
    tenants.reopen_question(tenant_id=_company(), person=_asker(request), id=id)
    to = reverse("support_question", args=[id])
    return answers.changed(request, to=to, words=_("The question is open again"), follow=True)
