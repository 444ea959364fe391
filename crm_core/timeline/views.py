"""Pages of the timeline: a record's feed as a region, and the history of the workspace."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string

from crm_core.records import queries as records
from crm_core.timeline import actions, forms, queries
from kernel import context
from kernel.rights import EVERYBODY
from kernel.web import change, page
from kernel.when import today
from tenants import api as tenants
from ui import answers


@page(EVERYBODY)
def feed(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """The timeline of one record, or its next page."""
    member: Any = request.member  # type: ignore[attr-defined]
    card = records.any_card_for(member, card_id)
    before = request.GET.get("before", "")
    found = queries.feed(member, card, group=request.GET.get("show", ""), before=before)
    return answers.page(request, f"timeline/feed.html#{'more' if before else 'feed'}", {"feed": found})


@page("timeline.audit")
def audit(request: HttpRequest) -> HttpResponse:
    """Everything that happened in the workspace."""
    member: Any = request.member  # type: ignore[attr-defined]
    form = forms.HistoryForm(request.GET)
    wanted = form.wanted(member.zone)
    found = queries.history(member, wanted, before=request.GET.get("before", ""))
    values = {
        "history": found,
        "form": form,
        "filtered": bool(wanted.said()),
        "asked": request.GET.urlencode(),
    }
    return answers.page(request, "timeline/history.html", values)


@change("timeline.audit")
def audit_file(request: HttpRequest) -> HttpResponse:
    """The history as it is filtered, as a file for a spreadsheet; the taking is noted too."""
    member: Any = request.member  # type: ignore[attr-defined]
    wanted = forms.HistoryForm(request.GET).wanted(member.zone)
    pieces = actions.export_history(by=member, wanted=wanted)
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="history-{today(member.zone)}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]


def great_exports(request: HttpRequest) -> str:
    """A line on the administrators' home page for each great export of the last week. One query."""
    member: Any = request.member  # type: ignore[attr-defined]
    if not actions.told(member):
        return ""
    found = queries.mass_exports()
    return (
        render_to_string("timeline/great_exports.html", {"exports": found}, request=request) if found else ""
    )


@page("timeline.audit")
def operators(request: HttpRequest) -> HttpResponse:
    """What the platform's operators did to this workspace, why, and when."""
    acts = [(act, tenants.act_words(act.verb)) for act in tenants.acts_for(context.tenant().id)]
    return answers.page(request, "timeline/operators.html", {"acts": acts})
