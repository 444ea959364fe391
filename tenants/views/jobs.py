"""The operators' console: background work of all companies, without any of their data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.errors import Conflict, Invalid
from kernel.jobs import relay, watching
from kernel.jobs.broker import workers
from kernel.web import operator
from tenants import queries
from tenants.console import mending
from tenants.forms import ReasonForm
from ui.answers import changed, invalid, page
from ui.forms import refuse

STATES = ("ready", "running", "parked", "failed")


@operator()
def jobs(request: HttpRequest) -> HttpResponse:
    """Queues, loads and tickets; the page brings itself up to date."""
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    names = queries.by_schema()
    rows = relay.overview(100, queue=request.GET.get("queue", "")[:60], state=state)
    values = {
        "rows": [row | {"tenant": names.get(row["role"])} for row in rows],
        "queues": watching.queues(),
        "loads": [(load, names.get(load.role)) for load in watching.loads()],
        "workers": workers(),
        "state": state,
        "states": [("", _("All")), ("ready", _("Waiting")), ("running", _("Running")), ("parked", _("Parked")), ("failed", _("Failed"))],
    }  # fmt: skip
    return page(request, "tenants/jobs.html", values, part="rows")


def _act(request: HttpRequest, ticket_id: UUID, verb: str) -> HttpResponse:
    ticket, tenant = mending.ticket(ticket_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = mending.retry if verb == "retry" else mending.cancel
        try:
            act(id=ticket_id, reason=form.cleaned_data["reason"], by=request.user)
        except (Invalid, Conflict) as error:
            refuse(form, error if isinstance(error, Invalid) else Invalid(str(error)))
        else:
            again = _("The job is tried again now.")
            words = again if verb == "retry" else _("The job is given up.")
            return changed(request, to=reverse("tenants:jobs"), words=words, follow=True)
    values: dict[str, Any] = {"ticket": ticket, "tenant": tenant, "form": form, "verb": verb}
    return (invalid if form.errors else page)(request, "tenants/ticket.html", values)


@operator()
def retry(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Have a job tried again now, with a reason."""
    return _act(request, ticket_id, "retry")


@operator()
def cancellation(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Give a job up for good, with a reason."""
    return _act(request, ticket_id, "cancellation")
