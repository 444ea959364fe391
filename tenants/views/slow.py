"""The operators' console: the slowest statements of all companies."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kernel.web import operator
from tenants import queries
from tenants.console import slow as statistics
from ui.answers import page


@operator()
def slow(request: HttpRequest) -> HttpResponse:
    """Statements by mean, total, calls or slowest time; of one company with ``tenant``."""
    order = request.GET.get("order", "")
    order = order if order in statistics.ORDERS else "mean"
    role = request.GET.get("role", "")[:63]
    values = {
        "report": statistics.report(role=role, order=order),
        "order": order,
        "role": role,
        "company": queries.by_schema().get(role),
        "orders": [
            ("mean", _("Mean time")), ("total", _("Total time")), ("max", _("Slowest")), ("calls", _("Calls")),
        ],
    }  # fmt: skip
    return page(request, "tenants/slow.html", values)
