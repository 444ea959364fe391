"""Stages in the settings: what each brings, where the company stands, going on or back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.setup.actions import growing
from crm_core.setup.actions.growing import GROW
from crm_core.setup.queries import plans
from crm_core.setup.queries import stages as queries
from kernel.web import change, page
from ui import answers


@page(GROW)
def stages(request: HttpRequest) -> HttpResponse:
    """Where the company stands by its own figures, and what each stage brings."""
    choice = request.parts  # type: ignore[attr-defined]
    growth = queries.growth()
    values: dict[str, Any] = {
        "standing": queries.standing(choice),
        "shelves": queries.shelves(choice),
        "growth": growth,
        "goals": plans.asked_for(growth.answers),
    }
    return answers.page(request, "setup/stages.html", values, part="progress")


@change(GROW)
def taking(request: HttpRequest, number: int) -> HttpResponse:
    """Go to a stage, on or back."""
    light = request.POST.get("light") == "yes"
    growing.take_stage(by=request.member, number=number, light=light)  # type: ignore[attr-defined]
    return _told(request, _("Stage taken. Nothing was removed; what is hidden can be shown again."))


@change(GROW)
def everything(request: HttpRequest) -> HttpResponse:
    """Without a stage: every part is shown."""
    growing.show_everything(by=request.member)  # type: ignore[attr-defined]
    return _told(request, _("Every part is shown."))


@change(GROW)
def part(request: HttpRequest, name: str) -> HttpResponse:
    """Switch one part on or off by hand."""
    on = request.POST.get("on") == "yes"
    growing.turn_part(by=request.member, name=name, on=on)  # type: ignore[attr-defined]
    return _told(request, _("The part is shown.") if on else _("The part is hidden. Nothing was removed."))


def _told(request: HttpRequest, words: str) -> HttpResponse:
    return answers.changed(request, to=reverse("setup:stages"), words=words, follow=True)
