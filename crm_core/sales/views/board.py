"""The list of deals with its board, and moving a card."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.lists.tables import answer
from crm_core.sales import actions, queries
from crm_core.sales.models import Deal
from crm_core.sales.tables import DEALS
from crm_core.sales.views.closing import ask
from crm_core.sales.views.regions import changed_regions, url_of
from kernel.errors import Invalid
from kernel.web import change, page
from ui.answers import changed


@page(actions.VIEW)
def deals(request: HttpRequest) -> HttpResponse:
    """All deals: as a board of one pipeline, or as a table."""
    return answer(request, DEALS)


@change(actions.EDIT)
def moving(request: HttpRequest, id: UUID) -> HttpResponse:
    """Move a deal into a stage (``lane``), above another (``before``), or to the end if that is empty.

    Into a won or lost stage means the dialog that asks for the reason; the card waits where it was.
    """
    member: Any = request.member  # type: ignore[attr-defined]
    deal = queries.deal_of(member, id)
    lane = request.POST.get("lane") or request.GET.get("lane", "")
    closing = queries.closes(deal, lane)
    if closing:
        return ask(request, deal, closing)
    before = request.POST.get("before")
    stage_id = _demand(lane)
    moved = actions.move(by=member, id=id, stage_id=stage_id, before_id=_key(before), last=before == "")
    words, undo = _said(deal, moved)
    return changed(request, *changed_regions(request, id), to=url_of(moved), words=words, undo=undo)


def _said(deal: Deal, moved: Deal) -> tuple[str, str]:
    """The toast after a move, and the way back; nothing if only the place in the lane changed."""
    if deal.stage_id == moved.stage_id:
        return "", ""
    words = _("“%(deal)s” is now in “%(stage)s”") % {"deal": moved.card.label, "stage": moved.stage.name}
    back = reverse("sales:moving", args=[deal.pk])
    return words, f"{back}?lane={deal.stage_id}" if deal.is_open else ""


def _key(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _demand(lane: str) -> UUID:
    key = _key(lane)
    if key is None:
        raise Invalid(_("Choose a stage from the list."), field="stage")
    return key
