"""The operators' console: one company, and suspending it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.errors import Conflict, Invalid
from kernel.jobs import relay
from kernel.web import operator
from tenants import actions, queries
from tenants.console import acts, faults, maintenance, slow
from tenants.console.listing import one as row_of
from tenants.domains.queries import domains_of
from tenants.forms import ReasonForm
from tenants.models import Tenant
from ui.answers import changed, invalid, page
from ui.forms import refuse


@operator()
def tenant(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """One company: state, usage, lease, work, errors, slow queries, what operators did."""
    return page(request, "tenants/show.html", _facts(queries.tenant(tenant_id)))


def _facts(found: Tenant, **more: Any) -> dict[str, Any]:
    told = queries.acts(found)
    return {
        "tenant": found,
        "row": row_of(found),
        "addresses": list(found.addresses.order_by("-primary", "host")),
        "domains": domains_of(found.id) if found.status != Tenant.Status.CLOSED else [],
        "lease": queries.lease_of(found),
        "limits": queries.usage(found),
        "measured_at": queries.measured_at(found),
        "acts": [(act, acts.words_of(act.verb)) for act in told],
        "tickets": relay.overview(20, role=found.schema_name),
        "faults": list(faults.feed("", tenant=found)[:10]),
        "slow": slow.report(role=found.schema_name, limit=5),
        "work": maintenance.of_tenant(found),
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
            suspended = _("The workspace is suspended.")
            words = suspended if verb == "suspension" else _("The workspace is served again.")
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
