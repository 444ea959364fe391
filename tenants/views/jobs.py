"""The operators' console: background work of all companies."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from kernel.jobs import relay
from kernel.web import operator
from tenants import queries
from ui.answers import page


@operator()
def jobs(request: HttpRequest) -> HttpResponse:
    """Background work of all companies, without any of their data."""
    rows = relay.overview(200)
    names = queries.names_by_schema()
    for row in rows:
        row["company"] = names.get(row["role"], row["role"])
    return page(request, "tenants/jobs.html", {"rows": rows, "due": relay.due_counts()}, part="rows")
