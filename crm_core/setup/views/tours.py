"""Tours inside an example: the list of them, and each step on, back and away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from crm_core.setup.actions import touring
from crm_core.setup.queries import tours as queries
from kernel.errors import NotFound
from kernel.rights import EVERYBODY
from kernel.web import change, page
from ui import answers


@page(EVERYBODY)
def tours(request: HttpRequest) -> HttpResponse:
    """The member's tours, each with how far it is. Only examples have tours."""
    if queries.example() is None:
        raise NotFound
    return answers.page(request, "setup/tours.html", {"ways": queries.ways(request.member)})  # type: ignore[attr-defined]


@change(EVERYBODY)
def turning(request: HttpRequest, name: str) -> HttpResponse:
    """Go to a step of a tour and to its page; beyond the last step, to the list of tours."""
    member = request.member  # type: ignore[attr-defined]
    sent = request.POST.get("step", "0")
    place = touring.turn(by=member, name=name, step=int(sent) if sent.isdecimal() and len(sent) < 4 else 0)
    if place.done_at is not None:
        return answers.sent_on(request, reverse("setup:tours"))
    return answers.sent_on(request, queries.address(member, queries.tour(name).stops[place.step]))


@change(EVERYBODY)
def leaving(request: HttpRequest, name: str) -> HttpResponse:
    """Put a tour away; one stays on the page where one is."""
    touring.leave(by=request.member, name=name)  # type: ignore[attr-defined]
    return answers.sent_on(request, answers.safe_next(request, reverse("setup:tours")))
