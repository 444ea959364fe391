"""The sentence over every page of a copy or example: what one looks at, until when, the way back; and its tour."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm_core.setup.queries import tours as queries
from kernel.when import format_when
from tenants import api as tenants
from ui.shell import Guide

RECOVER = "setup.recover"


def banner(tenant: Any, member: Any) -> tuple[str, str]:
    """Sentence and address of the live workspace; both empty in a live one.

    Of a copy the address is for who may put it in its place, of an example for everybody.
    """
    found = tenants.beside(tenant.id) if tenant.quiet else None
    if found is None:
        return "", ""
    told = {
        "name": found.name,
        "moment": _when(found.at, member, "moment"),
        "day": _when(found.until, member),
    }
    shown = found.example or member.may(RECOVER)
    return _sentence(found) % told, _live(found.host) if shown else ""


def _sentence(found: Any) -> str:
    if found.example:
        return _(
            "This is an example: the company and everybody in it are invented. "
            "Letters, payments and schedules are off here; it is kept until %(day)s."
        )
    if found.former:
        return _(
            "This is “%(name)s” as it was until %(moment)s, when another state was put in its place. "
            "Letters, payments and schedules are off here; it is kept until %(day)s."
        )
    return _(
        "This is a copy of “%(name)s” as it was on %(moment)s. "
        "Letters, payments and schedules are off here; it is kept until %(day)s."
    )


def tours(tenant: Any) -> str:
    """The address of the tours, inside an example."""
    return reverse("setup:tours") if tenant.example else ""


def guide(request: HttpRequest, tenant: Any, member: Any) -> Guide | None:
    """The step of the tour that the member has begun here; nothing is asked in a live workspace."""
    found = queries.under_way(member) if tenant.example else None
    if found is None:
        return None
    return Guide(
        tour=found.tour.words,
        title=found.stop.title,
        text=found.stop.text,
        number=found.step + 1,
        total=len(found.tour.stops),
        url=found.url,
        here=request.path == found.url,
        point=found.stop.point,
        turning=reverse("setup:tour_turning", args=[found.tour.name]),
        leaving=reverse("setup:tour_leaving", args=[found.tour.name]),
    )


def _live(host: str) -> str:
    return f"{settings.TEREM_SCHEME}://{host}{settings.TEREM_PORT_SUFFIX}/" if host else ""


def _when(moment: Any, member: Any, style: Any = "date") -> str:
    return format_when(moment, language=get_language() or "en", zone=member.zone, style=style)
