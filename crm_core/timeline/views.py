"""Pages of the timeline: a record's feed as a region, and the history of the workspace."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from crm_core.records import queries as records
from crm_core.timeline import forms, queries
from kernel.rights import EVERYBODY
from kernel.web import page
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
    wanted = form.wanted()
    found = queries.history(member, before=request.GET.get("before", ""), **wanted)
    return answers.page(
        request, "timeline/history.html", {"history": found, "form": form, "filtered": any(wanted.values())}
    )
