"""What sales shows on other rooms' pages; ``config.navigation`` names these functions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm_core.sales import actions, queries
from kernel.when import today

MOST_DEALS = 8
MOST_WITHOUT_STEP = 5


def deals_of_client(request: HttpRequest, card: Any) -> str:
    """The panel "Deals" of a company or person. One query."""
    member: Any = request.member  # type: ignore[attr-defined]
    if not member.may(actions.VIEW):
        return ""
    found = list(queries.deals_of_card(member, card.id)[: MOST_DEALS + 1])
    named = "person" if card.kind == "person" else "client"
    values = {
        "deals": found[:MOST_DEALS],
        "more": len(found) > MOST_DEALS,
        "may_edit": member.may(actions.EDIT),
        "new_url": f"{reverse('sales:new_deal')}?{urlencode({named: card.id})}",
        "all_url": f"{reverse('sales:deals')}?{urlencode({'client.is': card.label, 'draw': 'table'})}",
    }
    return render_to_string("sales/panel.html", values, request=request)


def month_figures(request: HttpRequest) -> str:
    """The member's own month: won, open, likely. One query."""
    member: Any = request.member  # type: ignore[attr-defined]
    if not member.may(actions.VIEW):
        return ""
    here = today(member.zone)
    title = _("Your %(month)s") % {"month": month_name(here)}
    values = {"figures": queries.month_figures(member, here), "title": title}
    return render_to_string("sales/month.html", values, request=request)


def deals_without_step(request: HttpRequest) -> str:
    """Own open deals that nobody has planned anything for. One query; nothing if there are none."""
    member: Any = request.member  # type: ignore[attr-defined]
    if not member.may(actions.VIEW):
        return ""
    found = queries.without_step(member, MOST_WITHOUT_STEP + 1)
    if not found:
        return ""
    values = {
        "deals": found[:MOST_WITHOUT_STEP],
        "more": len(found) > MOST_WITHOUT_STEP,
        "all_url": f"{reverse('sales:deals')}?state.is=open&next.is=no&owner.is=me&draw=table",
    }
    return render_to_string("sales/without_step.html", values, request=request)


def month_name(day: Any) -> str:
    """The month in the nominative, as it stands inside a sentence."""
    name = date_format(day, "F", use_l10n=True)
    return name.lower() if (get_language() or "").startswith("ru") else name
