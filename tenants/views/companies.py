"""The operators' console: companies, one company, what operators do to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.errors import Conflict, Invalid
from kernel.jobs import relay
from kernel.web import operator
from tenants import actions, queries
from tenants.forms import ReasonForm
from tenants.models import Tenant
from ui.answers import changed, invalid, page
from ui.forms import refuse

PAGE_SIZE = 50


@operator()
def start(request: HttpRequest) -> HttpResponse:
    """The console opens with the companies."""
    return redirect("tenants:tenants")


@operator()
def tenants(request: HttpRequest) -> HttpResponse:
    """All companies, newest first, found by name, address or schema."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    status = request.GET.get("status", "")
    status = status if status in Tenant.Status.values else ""
    found = queries.page_of(queries.find(words, status), request.GET.get("after", ""), PAGE_SIZE)
    values = {
        "rows": found.rows,
        "next": found.next,
        "words": words,
        "status": status,
        "statuses": Tenant.Status.choices,
        "totals": queries.totals(),
        "reserve": queries.reserve_now(),
    }
    return page(request, "tenants/list.html", values, part="rows")


@operator()
def tenant(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """One company: state, plan, addresses, meters, what operators did."""
    return page(request, "tenants/show.html", _facts(queries.tenant(tenant_id)))


def _facts(found: Tenant, **more: Any) -> dict[str, Any]:
    return {
        "tenant": found,
        "addresses": list(found.addresses.order_by("-primary", "host")),
        "meters": sorted(queries.meters(found).items()),
        "acts": queries.acts(found),
        "tickets": [row for row in relay.overview(500) if row["role"] == found.schema_name][:20],
        **more,
    }


def _act(request: HttpRequest, tenant_id: UUID, verb: str) -> HttpResponse:
    found = queries.tenant(tenant_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = actions.suspend if verb == "suspension" else actions.resume
        try:
            act(tenant_id=found.id, reason=form.cleaned_data["reason"], by=request.user)
        except (Invalid, Conflict) as error:
            refuse(form, error if isinstance(error, Invalid) else Invalid(str(error)))
        else:
            words = (
                _("The workspace is suspended.")
                if verb == "suspension"
                else _("The workspace is served again.")
            )
            return changed(request, to=reverse("tenants:tenant", args=[found.id]), words=words, follow=True)
    answer = invalid if form.errors else page
    return answer(request, "tenants/act.html", {"tenant": found, "form": form, "verb": verb})


@operator()
def suspension(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """Suspend a workspace, with a reason."""
    return _act(request, tenant_id, "suspension")


@operator()
def resumption(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """Serve a suspended workspace again, with a reason."""
    return _act(request, tenant_id, "resumption")
