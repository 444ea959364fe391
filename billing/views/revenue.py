"""The operators' pages of revenue, and of one company's billing with what can be done there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from billing import catalog, figures, operating, providers
from billing.forms import CreditForm, PlacingForm, TrialForm
from kernel.errors import Invalid
from kernel.web import operator
from ui import answers
from ui.forms import Form, refuse


@operator()
def revenue(request: HttpRequest) -> HttpResponse:
    """Revenue by currency, checked against the provider."""
    values = {
        "page": figures.page(),
        "sells": providers.sells(),
        "demonstration": providers.demonstrates(),
    }
    return answers.page(request, "billing/revenue.html", values)


@operator()
def company(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """One company's plan, bills and what was done."""
    found = figures.company(tenant_id)
    values = {
        "found": found,
        "plan": catalog.PLANS.get(found.plan),
        "demonstration": providers.demonstrates(),
    }
    return answers.page(request, "billing/company.html", values)


def _act(
    request: HttpRequest,
    tenant_id: UUID,
    form: Form,
    title: str,
    act: Callable[..., None],
    told: Callable[[], Any],
) -> HttpResponse:
    found = figures.company(tenant_id)
    if form.is_valid():
        try:
            act(tenant_id=tenant_id, by=request.user, reason=form.cleaned_data["reason"], **told())
        except Invalid as error:
            refuse(form, error)
        else:
            to = reverse("billing_operator:company", args=[tenant_id])
            return answers.changed(request, to=to, words=_("Done; the company is told"), follow=True)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "billing/act.html", {"found": found, "form": form, "title": title})


@operator()
def credit(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """Give a credit for the next bills."""
    form = CreditForm(request.POST or None)
    title = _("Give a credit")
    return _act(
        request, tenant_id, form, title, operating.credit,
        lambda: {"minor": int(form.cleaned_data["amount"] * 100), "once": form.cleaned_data["once"]},
    )  # fmt: skip


@operator()
def trial(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """Let the trial end later: at the end of a day (UTC)."""
    form = TrialForm(request.POST or None)
    title = _("Extend the trial")
    return _act(
        request, tenant_id, form, title, operating.extend_trial,
        lambda: {"until": datetime.combine(form.cleaned_data["until"], time(23, 59, 59), UTC)},
    )  # fmt: skip


@operator()
def placing(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """Another plan or number of seats from the next bill on."""
    found = figures.company(tenant_id)
    held = (
        {"plan": found.plan, "seats": found.subscription.seats or found.members} if found.subscription else {}
    )
    form = PlacingForm(request.POST or None, initial=held)
    title = _("Change plan or seats")
    return _act(
        request, tenant_id, form, title, operating.place,
        lambda: {"plan": form.cleaned_data["plan"], "seats": form.cleaned_data["seats"]},
    )  # fmt: skip
