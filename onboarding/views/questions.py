"""The questionnaire: honest questions, goals, readiness, and a result that really sets the product."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from billing import api as billing
from crm_core.setup import actions
from crm_core.setup.actions import GROW
from crm_core.setup.queries import packs, plans, stages
from kernel import context
from kernel.errors import Invalid
from kernel.web import change
from kernel.web import form as form_page
from onboarding import questions
from ui import answers
from ui.forms import refuse


def _steps(step: int) -> dict[str, Any]:
    return {"steps": [_("Honestly"), _("Goals"), _("Readiness"), _("Result")], "step": step}


def _asked(request: HttpRequest, kind: Any, to: str, template: str, step: int) -> HttpResponse:
    """One step: show its form with what is kept, or keep what was sent and go on."""
    kept = stages.growth().answers
    form = kind(request.POST if request.method == "POST" else None, answers=kept)
    if form.is_valid():
        try:
            actions.answer(by=request.member, **form.told())  # type: ignore[attr-defined]
        except Invalid as error:
            refuse(form, error)
        else:
            return answers.sent_on(request, reverse(to))
    answer = answers.invalid if form.errors else answers.page
    values = {"form": form, "verdicts": plans.verdicts(kept)} | _steps(step)
    return answer(request, template, values)


@form_page(GROW)
def start(request: HttpRequest) -> HttpResponse:
    """Three honest questions."""
    return _asked(request, questions.HonestForm, "questions_verdict", "onboarding/questions/honest.html", 1)


@form_page(GROW)
def verdict(request: HttpRequest) -> HttpResponse:
    """What the honest answers say; the light mode is offered, or the questions go on."""
    found = plans.verdicts(stages.growth().answers)
    if request.method == "POST":
        light = request.POST.get("light") == "yes"
        actions.answer(by=request.member, light=light)  # type: ignore[attr-defined]
        return answers.sent_on(request, reverse("questions_result" if light else "questions_goals"))
    if not found:
        return answers.sent_on(request, reverse("questions_goals"))
    return answers.page(request, "onboarding/questions/verdict.html", {"verdicts": found} | _steps(1))


@form_page(GROW)
def goals(request: HttpRequest) -> HttpResponse:
    """What the company wants to reach."""
    return _asked(request, questions.GoalsForm, "questions_readiness", "onboarding/questions/goals.html", 2)


@form_page(GROW)
def readiness(request: HttpRequest) -> HttpResponse:
    """Five answers that set the pace."""
    return _asked(
        request, questions.ReadinessForm, "questions_result", "onboarding/questions/readiness.html", 3
    )


@form_page(GROW)
def result(request: HttpRequest) -> HttpResponse:
    """What is switched on now, what later, and why; taking it sets the product."""
    kept = stages.growth().answers
    preview = packs.preview(kept["line"]) if kept.get("line") in packs.pack_keys() else None
    form = _begin_form(request, preview)
    if form.is_valid():
        try:
            return _begun(request, form, preview)
        except Invalid as error:
            refuse(form, error)
    values = {
        "plan": plans.plan(kept),
        "own": kept.get("own", ""),
        "preview": preview,
        "example": preview is not None and not context.tenant().quiet,
        "form": form,
    }
    values |= _steps(4) | _prices(request, kept)
    if answers.asked_for(request) == "reckoned":
        return answers.page(request, "billing/calculator.html#reckoned", values)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "onboarding/questions/result.html", values)


def _prices(request: HttpRequest, kept: dict[str, Any]) -> dict[str, Any]:
    """What it costs this company, in its currency; a person alone is one, others say how many they are."""
    if not billing.sells():
        return {}
    alone = kept.get("honest", {}).get("alone") == "yes"
    currency = "RUB" if context.tenant().language == "ru" else "EUR"
    found = billing.calculator(request.GET.dict(), people=1 if alone else 3, currency=currency)
    unwilling = kept.get("readiness", {}).get("money") == "0"
    return {"calculator": found, "unwilling": unwilling, "demonstration": billing.demonstrates()}


def _begin_form(request: HttpRequest, preview: packs.Preview | None) -> questions.BeginForm:
    data = request.POST if request.method == "POST" else None
    wanted = preview if preview is not None and preview.fresh else None
    return questions.BeginForm(
        data, line=wanted.pack.key if wanted else "", name=wanted.pack.name if wanted else ""
    )


def _begun(request: HttpRequest, form: questions.BeginForm, preview: packs.Preview | None) -> HttpResponse:
    actions.begin(by=request.member)  # type: ignore[attr-defined]
    if preview is not None and form.cleaned_data.get("pack"):
        actions.apply_pack(by=request.member, key=preview.pack.key)  # type: ignore[attr-defined]
    words = _("This is your beginning. Everything can be changed later under Settings, Stages.")
    return answers.changed(request, to=reverse("home:today"), words=words, follow=True)


@change(GROW)
def skipping(request: HttpRequest) -> HttpResponse:
    """Nobody has to answer: everything stays as it is, and the questions stand in the settings."""
    news = actions.skip(by=request.member)  # type: ignore[attr-defined]
    words = (
        _("Skipped. Every part is shown; the questions stand under Settings, Stages.")
        if news
        else _("Nothing was changed.")
    )
    return answers.changed(request, to=reverse("home:today"), words=words, follow=True)
