"""Winning, losing and reopening a deal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.sales import actions, queries
from crm_core.sales.forms import ClosingForm
from crm_core.sales.models import Deal, Outcome
from crm_core.sales.views.regions import changed_regions, typed, url_of
from kernel.errors import Invalid
from kernel.web import change, form
from ui.answers import CLOSED, changed, invalid, is_htmx, page, region, sent_on
from ui.forms import refuse

CLOSING = "sales/closing.html"
PAGES = {"won": "sales:winning", "lost": "sales:losing"}


@form(actions.EDIT)
def winning(request: HttpRequest, id: UUID) -> HttpResponse:
    """Ask why the client buys, and win the deal."""
    return _close(request, id, Outcome.WON)


@form(actions.EDIT)
def losing(request: HttpRequest, id: UUID) -> HttpResponse:
    """Ask why the client does not buy, and lose the deal."""
    return _close(request, id, Outcome.LOST)


@change(actions.EDIT)
def reopening(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take a closed deal back to its open stage."""
    deal = actions.reopen(by=request.member, id=id)  # type: ignore[attr-defined]
    words = _("“%(deal)s” is open again") % {"deal": deal.card.label}
    return changed(request, *changed_regions(request, id), to=url_of(deal), words=words)


def ask(request: HttpRequest, deal: Deal, kind: str) -> HttpResponse:
    """The dialog after a card was dropped on a closing stage; the card goes back until it is answered."""
    if not is_htmx(request):
        return sent_on(request, reverse(PAGES[kind], args=[deal.pk]))
    values = _values(deal, kind, ClosingForm(**_about(deal, kind)))
    values |= {"frame": "layouts/dialog.html", "dialog": True}
    opened = region(request, "#dialog-body", CLOSING, values, "innerHTML")
    return changed(request, *changed_regions(request, deal.pk), opened, to=url_of(deal))


def _close(request: HttpRequest, id: UUID, kind: str) -> HttpResponse:
    member: Any = request.member  # type: ignore[attr-defined]
    deal = queries.deal_of(member, id)
    asked = ClosingForm(typed(request), **_about(deal, kind))
    if request.method == "POST" and asked.is_valid():
        verb = actions.win if kind == Outcome.WON else actions.lose
        try:
            verb(by=member, id=id, **asked.told())
        except Invalid as error:
            refuse(asked, error)
        else:
            return _closed(request, deal, kind)
    answer = invalid if asked.errors else page
    return answer(request, CLOSING, _values(deal, kind, asked))


def _closed(request: HttpRequest, deal: Deal, kind: str) -> HttpResponse:
    sentence = _("“%(deal)s” is won") if kind == Outcome.WON else _("“%(deal)s” is lost")
    return changed(
        request,
        *changed_regions(request, deal.pk),
        CLOSED,
        to=url_of(deal),
        words=sentence % {"deal": deal.card.label},
        undo=reverse("sales:reopening", args=[deal.pk]),
    )


def _about(deal: Deal, kind: str) -> dict[str, Any]:
    pipeline = queries.choose(queries.pipelines(), deal.pipeline_id)
    return {"kind": kind, "pipeline": pipeline, "initial": {"version": deal.card.version}}


def _values(deal: Deal, kind: str, asked: ClosingForm) -> dict[str, Any]:
    return {
        "deal": deal,
        "kind": kind,
        "form": asked,
        "action": reverse(PAGES[kind], args=[deal.pk]),
        "back": url_of(deal),
        "save": _("Mark as won") if kind == Outcome.WON else _("Mark as lost"),
    }
