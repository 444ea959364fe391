"""What stages show on the today page; ``config.navigation`` names this function."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from crm_core.setup.actions.growing import GROW
from crm_core.setup.queries import stages, tours
from kernel import context


def example(request: HttpRequest) -> str:
    """Inside an example: where to look first. No query in a company's own workspace."""
    if not context.tenant().example:
        return ""
    found = tours.ways(request.member)  # type: ignore[attr-defined]
    return render_to_string("setup/example_panel.html", {"ways": found}, request=request)


def stage(request: HttpRequest) -> str:
    """What everybody does at this stage; nothing without a stage. No query."""
    choice: Any = request.parts  # type: ignore[attr-defined]
    if choice.stage is None:
        return ""
    member: Any = request.member  # type: ignore[attr-defined]
    values = {"stage": stages.STAGES[choice.stage - 1], "may": member.may(GROW) and not choice.light}
    return render_to_string("setup/stage_panel.html", values, request=request)
