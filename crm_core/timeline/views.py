"""Pages of the timeline: a record's feed as a region, and the history of the workspace."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from crm_core.records import queries as records
from crm_core.timeline import forms, queries
from kernel import context
from kernel.rights import EVERYBODY
from kernel.web import page
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
    wanted = form.wanted()
    found = queries.history(member, before=request.GET.get("before", ""), **wanted)
    return answers.page(
        request, "timeline/history.html", {"history": found, "form": form, "filtered": any(wanted.values())}
    )


@page("timeline.audit")
def operators(request: HttpRequest) -> HttpResponse:
    """What the platform's operators did to this workspace, why, and when."""
    acts = [(act, tenants.act_words(act.verb)) for act in tenants.acts_for(context.tenant().id)]
    return answers.page(request, "timeline/operators.html", {"acts": acts})
