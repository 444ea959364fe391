"""The tenant's own pages: plan, seats, next bill, change with preview, checkout, portal, invoices, usage."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing import actions, calculator, previews, providers, queries
from billing import usage as use
from billing.actions import MANAGE
from billing.forms import ChangeForm, CheckoutForm, DetailsForm
from kernel import context
from kernel.errors import Invalid, Unavailable
from kernel.web import change, page
from kernel.web import form as form_page
from ui import answers
from ui.forms import refuse

HOME = "billing:plan"


@page(MANAGE)
def plan(request: HttpRequest) -> HttpResponse:
    """Plan, seats, next bill, card, invoices, usage."""
    tenant = context.tenant()
    customer = queries.customer_of(tenant.id)
    values = {
        "summary": queries.summary(tenant.id, customer),
        "bill": previews.next_bill(customer),
        "invoices": queries.invoices_of(customer) if customer is not None else [],
        "usage": queries.usage_of(tenant.id),
        "demonstration": providers.demonstrates(),
    }
    return answers.page(request, "billing/plan.html", values)


@page(MANAGE)
def usage(request: HttpRequest) -> HttpResponse:
    """What is used in this period beside what is included, and the next bill."""
    tenant = context.tenant()
    customer = queries.customer_of(tenant.id)
    values = {
        "use": use.of(tenant.id, customer),
        "usage": queries.usage_of(tenant.id),
        "bill": previews.next_bill(customer),
        "demonstration": providers.demonstrates(),
    }
    return answers.page(request, "billing/usage.html", values)


@page(MANAGE)
def calculating(request: HttpRequest) -> HttpResponse:
    """What so many people and volumes would cost; nothing is bought here."""
    if not providers.sells():
        return answers.sent_on(request, reverse(HOME))
    tenant = context.tenant()
    summary = queries.summary(tenant.id, queries.customer_of(tenant.id))
    told = request.GET.dict()
    found = calculator.calculator(told, people=max(1, summary.members), currency=summary.currency)
    values = {"calculator": found, "choose": summary.may_buy, "demonstration": providers.demonstrates()}
    template = "calculator.html#reckoned" if answers.asked_for(request) == "reckoned" else "reckoning.html"
    return answers.page(request, f"billing/{template}", values)


def _head(summary: queries.Summary) -> dict[str, Any]:
    return {
        "summary": summary,
        "demonstration": providers.demonstrates(),
        "taxed": providers.taxes(),
    }


def _absolute(request: HttpRequest, name: str) -> str:
    return request.build_absolute_uri(reverse(name))


@form_page(MANAGE)
def checkout(request: HttpRequest) -> HttpResponse:
    """Choose a plan; the provider's hosted page takes the card."""
    tenant = context.tenant()
    customer = queries.customer_of(tenant.id)
    summary = queries.summary(tenant.id, customer)
    if not summary.may_buy:
        return answers.sent_on(request, reverse(HOME))
    form = CheckoutForm(request.POST or None, initial=summary.suggestion | request.GET.dict())
    if form.is_valid():
        try:
            return answers.sent_on(request, _checked_out(request, tenant.id, form))
        except Invalid as error:
            refuse(form, error)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "billing/checkout.html", {"form": form} | _head(summary))


def _checked_out(request: HttpRequest, tenant_id: Any, form: CheckoutForm) -> str:
    member: Any = request.member  # type: ignore[attr-defined]
    return actions.check_out(
        by=member,
        tenant_id=tenant_id,
        email=member.email,
        price=form.price,
        seats=form.cleaned_data["seats"],
        done=_absolute(request, "billing:arrival"),
        back=_absolute(request, HOME),
        language=get_language() or "en",
        code=form.cleaned_data["code"],
    )


@form_page(MANAGE)
def details(request: HttpRequest) -> HttpResponse:
    """The company's tax id, as it stands on the invoices."""
    tenant_id = context.tenant().id
    customer = queries.customer_of(tenant_id)
    if not providers.sells():
        return answers.sent_on(request, reverse(HOME))
    held = {"kind": customer.tax_id_type, "value": customer.tax_id} if customer and customer.tax_id else {}
    form = DetailsForm(request.POST or None, initial=held)
    member: Any = request.member  # type: ignore[attr-defined]
    if form.is_valid():
        try:
            actions.set_tax_id(by=member, tenant_id=tenant_id, email=member.email, **form.cleaned_data)
        except Invalid as error:
            refuse(form, error)
        else:
            return answers.changed(request, to=reverse(HOME), words=_("Saved"), follow=True)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "billing/details.html", {"form": form, "demonstration": providers.demonstrates()})


@page(MANAGE)
def arrival(request: HttpRequest) -> HttpResponse:
    """Back from checkout or portal: arriving grants nothing, it only makes us ask the provider."""
    actions.pull_quietly(context.tenant().id)
    return answers.sent_on(request, reverse(HOME))


@form_page(MANAGE)
def changing(request: HttpRequest) -> HttpResponse:
    """Another plan or number of seats: first what it costs, then, confirmed, the change."""
    tenant = context.tenant()
    summary = queries.summary(tenant.id, queries.customer_of(tenant.id))
    if not summary.may_change:
        return answers.sent_on(request, reverse(HOME))
    initial = summary.held | request.GET.dict()
    form = ChangeForm(request.POST or None, currencies=[summary.currency], initial=initial)
    shown = None
    if form.is_valid():
        try:
            if form.cleaned_data["total"] is not None and form.cleaned_data["at"]:
                return _change(request, tenant.id, form)
            shown = previews.of_change(tenant.id, form.price, form.cleaned_data["seats"])
        except Invalid as error:
            refuse(form, error)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "billing/change.html", {"form": form, "shown": shown} | _head(summary))


def _change(request: HttpRequest, tenant_id: Any, form: ChangeForm) -> HttpResponse:
    told = form.cleaned_data
    actions.change_plan(
        by=request.member,  # type: ignore[attr-defined]
        tenant_id=tenant_id,
        price=form.price,
        seats=told["seats"],
        at=told["at"],
        total=told["total"],
    )
    actions.pull_quietly(tenant_id)
    return answers.changed(request, to=reverse(HOME), words=_("The plan was changed"), follow=True)


@change(MANAGE)
def portal(request: HttpRequest) -> HttpResponse:
    """To the provider's hosted page: card, invoices, open bills."""
    customer = queries.customer_of(context.tenant().id)
    if customer is None or not customer.reference or not providers.sells():
        return answers.sent_on(request, reverse(HOME))
    with actions.reaching():
        to = providers.provider().portal(
            customer=customer.reference,
            back=_absolute(request, "billing:arrival"),
            language=get_language() or "en",
        )
    return answers.sent_on(request, to)


@change(MANAGE)
def cancellation(request: HttpRequest) -> HttpResponse:
    """Cancel at the end of the paid period; posted with ``keep`` the subscription goes on after all."""
    tenant_id = context.tenant().id
    if not queries.summary(tenant_id, queries.customer_of(tenant_id)).may_change:
        return answers.sent_on(request, reverse(HOME))
    cancels = "keep" not in request.POST
    try:
        actions.set_cancelling(by=request.member, tenant_id=tenant_id, cancels=cancels)  # type: ignore[attr-defined]
    except Invalid as error:
        raise Unavailable(str(error)) from error
    actions.pull_quietly(tenant_id)
    words = _("The plan ends with the paid period") if cancels else _("The plan goes on")
    return answers.changed(request, to=reverse(HOME), words=words, follow=True)


@change(MANAGE)
def pause(request: HttpRequest) -> HttpResponse:
    """Pause the plan; posted with ``resume`` it goes on."""
    tenant_id = context.tenant().id
    if not queries.summary(tenant_id, queries.customer_of(tenant_id)).may_change:
        return answers.sent_on(request, reverse(HOME))
    paused = "resume" not in request.POST
    actions.set_paused(by=request.member, tenant_id=tenant_id, paused=paused)  # type: ignore[attr-defined]
    actions.pull_quietly(tenant_id)
    words = _("The plan is paused") if paused else _("The plan goes on")
    return answers.changed(request, to=reverse(HOME), words=words, follow=True)
