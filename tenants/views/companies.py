"""The operators' console: the list of companies and the same list as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kernel.web import operator
from tenants import queries
from tenants.console import listing
from tenants.forms import FilterForm
from tenants.models import Tenant
from ui.answers import page


@operator()
def start(request: HttpRequest) -> HttpResponse:
    """The console opens with the companies."""
    return redirect("tenants:tenants")


@operator()
def more(request: HttpRequest) -> HttpResponse:
    """All places of the console, for narrow screens."""
    return page(request, "tenants/more.html", {})


@operator()
def tenants(request: HttpRequest) -> HttpResponse:
    """All companies: found by name, address, schema or a member's e-mail, filtered, sorted, summed."""
    form = FilterForm(request.GET)
    wanted = form.wanted()
    found = listing.page(wanted, request.GET.get("after", ""))
    totals = queries.totals()
    values = {
        "rows": found.rows,
        "next": found.next,
        "form": form,
        "chips": [(label, value, _without(request, name)) for name, label, value in form.chips()],
        "wanted": wanted,
        "hidden": _hidden(wanted),
        "heads": [_head(request, wanted, *head) for head in _heads()],
        "statuses": [(value, words, totals.get(value, 0)) for value, words in Tenant.Status.choices],
        "all": sum(totals.values()),
        "sums": listing.sums(wanted),
        "reserve": queries.reserve_now(),
        "query": request.GET.urlencode(),
    }
    return page(request, "tenants/list.html", values, part="rows")


def _without(request: HttpRequest, name: str) -> str:
    query = request.GET.copy()
    for gone in (name, "after"):
        query.pop(gone, None)
    return f"?{query.urlencode()}"


def _hidden(wanted: listing.Wanted) -> list[tuple[str, str]]:
    """What the search and the filter keep of each other's address."""
    told = {
        "status": wanted.status,
        "sort": "" if wanted.sort == "opened" else wanted.sort,
        "way": "up" if wanted.ascending else "",
    }
    return [(name, value) for name, value in told.items() if value]


def _heads() -> list[tuple[str, Any, bool]]:
    """Columns after name, address, status, plan and release: sort, words, whether figures."""
    return [
        ("name", _("Company"), False),
        ("", _("Address"), False),
        ("", _("Status"), False),
        ("", _("Plan"), False),
        ("", _("Release"), False),
        ("members", _("Members"), True),
        ("records", _("Records"), True),
        ("storage", _("Files"), True),
        ("database", _("Database"), True),
        ("active_at", _("Last activity"), False),
        ("faults", _("Errors"), True),
        ("opened", _("Opened"), False),
    ]


def _head(request: HttpRequest, wanted: listing.Wanted, sort: str, words: Any, end: bool) -> dict[str, Any]:
    """A column's heading: a second click turns the order round; text begins upwards, figures downwards."""
    current = bool(sort) and wanted.sort == sort
    up = not wanted.ascending if current else sort == "name"
    query = request.GET.copy()
    for name in ("after", "sort", "way"):
        query.pop(name, None)
    if sort:
        query["sort"] = sort
        if up:
            query["way"] = "up"
    aria = ("ascending" if wanted.ascending else "descending") if current else ""
    return {"words": words, "end": end, "url": f"?{query.urlencode()}" if sort else "", "aria": aria}


@operator()
def tenants_file(request: HttpRequest) -> HttpResponse:
    """The same list as a CSV file, every row of it."""
    wanted = FilterForm(request.GET).wanted()
    response = StreamingHttpResponse(_lines(wanted), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="companies.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]


class _Line:
    """What csv writes into: it gives the line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


COLUMNS = (
    "name", "address", "schema", "status", "plan", "release", "behind", "members", "records", "files_bytes",
    "database_bytes", "last_activity", "open_errors", "opened",
)  # fmt: skip


def _lines(wanted: listing.Wanted) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for row in listing.every(wanted):
        tenant, meters = row.tenant, row.meters
        values = [
            _plain(tenant.name), tenant.slug, tenant.schema_name, tenant.status, tenant.lease.get("plan", ""),
            tenant.release, "yes" if row.behind else "no", meters["members"], meters["records"],
            meters["storage"], meters["database"], row.seen_at.isoformat() if row.seen_at else "", row.faults,
            tenant.opened_at.isoformat() if tenant.opened_at else "",
        ]  # fmt: skip
        yield writer.writerow(values)


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
