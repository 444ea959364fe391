"""The console's pages of recovery: snapshots, copies and orders of a company; its closing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.errors import Conflict, Invalid
from kernel.web import operator
from tenants import leaving, queries
from tenants.backups import orders
from tenants.backups import queries as recovery
from tenants.backups.forms import ClosingForm, OrderForm
from tenants.backups.models import Order
from ui.answers import changed, invalid, page
from ui.forms import refuse


@operator()
def backups(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """Snapshots, copies and what was asked for; the region follows running work."""
    found = queries.tenant(tenant_id)
    values = {"tenant": found, "recovery": recovery.recovery(found.id)}
    return page(request, "tenants/backups.html", values, part="recovery")


@operator()
def order(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """Ask for recovery work: GET names it and asks for the reason, POST takes the order."""
    found = queries.tenant(tenant_id)
    form = OrderForm(request.POST or None, initial=request.GET.dict())
    verb = str((request.POST or request.GET).get("verb", ""))
    if request.method == "POST" and form.is_valid():
        try:
            _ask(request, found.id, form.cleaned_data)
        except (Invalid, Conflict) as error:
            refuse(form, error if isinstance(error, Invalid) else Invalid(str(error)))
        else:
            to = reverse("tenants:backups", args=[found.id])
            return changed(request, to=to, words=_("The work begins within seconds."), follow=True)
    answer = invalid if form.errors else page
    values = {"tenant": found, "form": form, "title": dict(Order.Verb.choices).get(verb, ""), "verb": verb}
    return answer(request, "tenants/order.html", values)


def _ask(request: HttpRequest, tenant_id: UUID, asked: dict[str, Any]) -> None:
    if asked["verb"] not in Order.Verb.values:
        raise Invalid(_("Choose what is to be done."))
    orders.ask(
        tenant_id=tenant_id,
        verb=asked["verb"],
        by=str(getattr(request.user, "email", "")),
        reason=asked["reason"],
        snapshot_id=asked["snapshot"],
        copy_id=asked["copy"],
    )


@operator()
def closing(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """Close a workspace that leaves; it is erased after its days of grace."""
    found = queries.tenant(tenant_id)
    form = ClosingForm(request.POST or None, workspace=found.name)
    if request.method == "POST" and form.is_valid():
        try:
            leaving.start(
                tenant_id=found.id,
                by=str(getattr(request.user, "email", "")),
                reason=form.cleaned_data["reason"],
            )
        except (Invalid, Conflict) as error:
            refuse(form, error if isinstance(error, Invalid) else Invalid(str(error)))
        else:
            to = reverse("tenants:backups", args=[found.id])
            return changed(request, to=to, words=_("The workspace is closed."), follow=True)
    return (invalid if form.errors else page)(
        request, "tenants/closing_form.html", {"tenant": found, "form": form}
    )


@operator()
def staying(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """The company stays: POST opens its workspace again."""
    found = queries.tenant(tenant_id)
    if request.method == "POST":
        leaving.cancel(tenant_id=found.id, by=str(getattr(request.user, "email", "")))
        to = reverse("tenants:backups", args=[found.id])
        return changed(request, to=to, words=_("The workspace is served again."), follow=True)
    return page(
        request, "tenants/staying.html", {"tenant": found, "departure": leaving.open_departure(found.id)}
    )
