"""The operators' console: the switch that makes the platform or one tenant read-only or closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.errors import Conflict, Invalid
from kernel.web import operator
from kernel.when import now
from tenants import queries
from tenants.console import maintenance as works
from tenants.forms import MaintenanceForm
from tenants.models import Tenant
from ui.answers import changed, invalid, page
from ui.forms import refuse


@operator()
def maintenance(request: HttpRequest) -> HttpResponse:
    """What is in maintenance now, and what was."""
    return page(request, "tenants/maintenances.html", {"present": works.present(), "past": works.past()})


def _begin(request: HttpRequest, tenant: Tenant | None) -> HttpResponse:
    form = MaintenanceForm(request.POST or None, initial={"until": now() + timedelta(hours=1)})
    if request.method == "POST" and form.is_valid():
        tenant_id = tenant.id if tenant else None
        try:
            works.begin(tenant_id=tenant_id, by=request.user, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            refuse(form, error if isinstance(error, Invalid) else Invalid(str(error)))
        else:
            words = _("Maintenance has begun; every process knows within five seconds.")
            return changed(request, to=reverse("tenants:maintenance"), words=words, follow=True)
    values: dict[str, Any] = {"form": form, "tenant": tenant}
    return (invalid if form.errors else page)(request, "tenants/maintenance_new.html", values)


@operator()
def new_maintenance(request: HttpRequest) -> HttpResponse:
    """Begin maintenance of the whole platform."""
    return _begin(request, None)


@operator()
def tenant_maintenance(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """Begin maintenance of one tenant."""
    return _begin(request, queries.tenant(tenant_id))


@operator()
def maintenance_end(request: HttpRequest, maintenance_id: UUID) -> HttpResponse:
    """Maintenance is over."""
    found = works.running(maintenance_id)
    if request.method != "POST":
        return page(request, "tenants/maintenance_end.html", {"found": found})
    works.end(id=found.id, by=request.user)
    words = _("Maintenance is over; waiting work goes on.")
    return changed(request, to=reverse("tenants:maintenance"), words=words, follow=True)
