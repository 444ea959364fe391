"""The operators' page of deliveries: what arrived, what failed, and once more."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from billing import inbox, providers, queries
from billing.models import InboxEvent
from kernel.web import operator
from ui import answers


@operator()
def deliveries(request: HttpRequest) -> HttpResponse:
    """Deliveries of the provider, newest first."""
    status = request.GET.get("status", "")
    status = status if status in InboxEvent.Status.values else ""
    values = {
        "events": queries.inbox(status),
        "status": status,
        "statuses": InboxEvent.Status.choices,
        "sells": providers.sells(),
        "demonstration": providers.demonstrates(),
    }
    return answers.page(request, "billing/deliveries.html", values)


@operator()
def retry(request: HttpRequest, id: UUID) -> HttpResponse:
    """Work on a delivery again."""
    if request.method == "POST":
        inbox.retry(event_id=queries.inbox_event(id).id, by=request.user)
    to = reverse("billing_operator:deliveries")
    return answers.changed(request, to=to, words=_("The delivery is worked on again"), follow=True)


@operator()
def comparison(request: HttpRequest) -> HttpResponse:
    """Compare everything with the provider now."""
    words = ""
    if request.method == "POST":
        found = inbox.reconcile(by=request.user)
        words = _(
            "Customers compared: %(customers)s, missing deliveries: %(missed)s, not reached: %(unreached)s, days of use counted differently: %(uses)s"
        )
        words %= asdict(found)
    to = reverse("billing_operator:deliveries")
    return answers.changed(request, to=to, words=words, follow=True)
