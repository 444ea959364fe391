"""The operators' console: what people of the companies ask, and the answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.errors import Invalid
from kernel.ids import uuid7
from kernel.web import operator
from tenants.forms import AnswerForm
from tenants.models import Question
from tenants.support import answering, queries
from ui.answers import changed, invalid, page
from ui.forms import refuse


@operator()
def questions(request: HttpRequest) -> HttpResponse:
    """Questions of all companies by state, those with the latest word first, a page at a time."""
    state = request.GET.get("state", Question.State.OPEN)
    state = state if state in Question.State.values else ""
    found = queries.page(queries.of_all(state), request.GET.get("after", ""))
    counted = queries.counts()
    values = {
        "rows": found.rows,
        "next": found.next,
        "state": state,
        "states": [
            (value, words, counted.get(value, 0))
            for value, words in zip(Question.State.values, _state_words(), strict=True)
        ],
        "all": sum(counted.values()),
    }
    return page(request, "tenants/questions.html", values)


def _state_words() -> list[str]:
    """The states as the console calls them: who is waiting stands on the other side here."""
    return [_("Waiting for us"), _("Waiting for the person"), _("Solved")]


@operator()
def question(request: HttpRequest, id: UUID) -> HttpResponse:
    """One question with its circumstances and all that was said; answered here."""
    found = queries.question(id)
    form = AnswerForm(request.POST or None, initial={"key": uuid7()})
    if request.method == "POST" and form.is_valid():
        try:
            answering.answer(by=request.user, id=id, **form.cleaned_data)
        except Invalid as error:
            refuse(form, error)
        else:
            to = reverse("tenants:questions")
            return changed(request, to=to, words=_("The answer is sent."), follow=True)
    values: dict[str, Any] = {
        "question": found,
        "messages": queries.messages(found),
        "form": form,
        "words": dict(zip(Question.State.values, _state_words(), strict=True))[found.state],
    }
    return (invalid if form.errors else page)(request, "tenants/question.html", values)


@operator()
def state(request: HttpRequest, id: UUID) -> HttpResponse:
    """Say that a question is solved, or open it again; by POST."""
    back = reverse("tenants:question", args=[id])
    if request.method != "POST":
        return changed(request, to=back)
    found = answering.settle(by=request.user, id=id, solved=request.POST.get("solved") == "yes")
    words = _("The question is solved.") if found.is_solved else _("The question is open again.")
    return changed(request, to=back, words=words, follow=True)


@operator()
def letter(request: HttpRequest, id: UUID, message_id: UUID) -> HttpResponse:
    """Send the letter of an answer again that has not left; by POST."""
    back = reverse("tenants:question", args=[id])
    if request.method != "POST":
        return changed(request, to=back)
    answering.post_again(by=request.user, id=id, message_id=message_id)
    return changed(request, to=back, words=_("The letter is sent again."), follow=True)
