"""What changes on the page that a change was sent from: the record's parts, or the list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.activities.queries import open_of
from crm_core.lists.tables import region_of
from crm_core.records.queries import all_tags, tags_of
from crm_core.sales import queries
from crm_core.sales.models import Deal
from crm_core.sales.tables import DEALS
from crm_core.timeline.queries import feed
from ui.answers import is_htmx, region

SHOW = "sales/show.html"


def url_of(deal: Deal) -> str:
    return reverse("sales:deal", args=[deal.pk])


def typed(request: HttpRequest) -> Any:
    """What a form was sent with, also if that is nothing; None while it is only shown."""
    return request.POST if request.method == "POST" else None


def came_from(request: HttpRequest) -> tuple[str, str]:
    """Path and query of the page that htmx sent the change from."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    return parts.path, parts.query


def changed_regions(request: HttpRequest, deal_id: UUID) -> list[str]:
    """The parts of the present page that tell of a deal: of its own page, or of the list."""
    if not is_htmx(request):
        return []
    path, query = came_from(request)
    if path == reverse("sales:deals"):
        return [region_of(request, DEALS, query)]
    if path == reverse("sales:deal", args=[deal_id]):
        return record_regions(request, deal_id)
    return []


def record_regions(request: HttpRequest, deal_id: UUID, focus: str = "") -> list[str]:
    """The bar, the facts and the timeline of a deal's page as they stand now; ``focus`` names the fact to return to."""
    member: Any = request.member  # type: ignore[attr-defined]
    deal = queries.deal_of(member, deal_id)
    values = shown(member, deal) | {"focus": focus}
    line = {"feed": feed(member, deal.card)}
    return [
        region(request, "#deal-bar", f"{SHOW}#bar", values),
        region(request, "#deal-facts", f"{SHOW}#facts", values, "outerHTML" if focus else "outerMorph"),
        region(request, "#timeline", "timeline/feed.html#feed", line),
    ]


def shown(member: Any, deal: Deal) -> dict[str, Any]:
    """What the deal's bar and facts are drawn from. Two queries."""
    stages = queries.stages_of(deal)
    return {
        "deal": deal,
        "card": deal.card,
        "path": [stage for stage in stages if stage.kind == "open"],
        "passed": _passed(deal, stages),
        "open": open_of(member, deal.card),
        "chance": _chance(deal),
        "usual": _usual(deal),
        **_reach(deal),
        **_marks(member, deal),
        "may_edit": member.may("sales.edit"),
        "may_assign": member.may("records.assign"),
    }


def _reach(deal: Deal) -> dict[str, str]:
    """How to reach the contact person, for thumbs."""
    person = getattr(deal.contact, "person", None)
    if person is None:
        return {}
    phone = "".join(sign for sign in person.phone if sign.isdigit() or sign == "+")
    return {
        "phone": f"tel:{phone}" if phone else "",
        "mail": f"mailto:{person.email}" if person.email else "",
    }


def _marks(member: Any, deal: Deal) -> dict[str, Any]:
    """The deal's tags, and those that could be added."""
    return {
        "tags": tags_of([deal.pk]).get(deal.pk, []),
        "all_tags": all_tags(),
        "may_tag": member.may("sales.edit"),
    }


def _usual(deal: Deal) -> dict[str, Any] | None:
    """The usual task of the stage, as the next step offers it."""
    stage = deal.stage
    if not stage.step_title:
        return None
    return {
        "title": stage.step_title,
        "kind": stage.step_kind,
        "days": stage.step_days,
        "url": reverse("sales:usual", args=[deal.pk]),
    }


def _chance(deal: Deal) -> str:
    """The probability in words: whether it is the deal's own or its stage's."""
    if deal.probability is not None:
        return _("%(percent)s %%") % {"percent": deal.probability}
    return _("%(percent)s%%, as usual in this stage") % {"percent": deal.stage.probability}


def _passed(deal: Deal, stages: list[Any]) -> set[UUID]:
    """The stages that lie behind the deal, for the path above its facts."""
    here = deal.stage if deal.is_open else deal.last_open
    if here is None:
        return set()
    return {stage.id for stage in stages if stage.kind == "open" and stage.position < here.position}
