"""What arriving adds to the today page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from crm_core.records.queries import known_to
from crm_core.setup.actions import GROW
from crm_core.setup.queries.stages import asked
from crm_core.team.actions import MANAGE
from crm_core.team.queries import active_members, open_invitations
from kernel import context
from kernel.rights import RIGHTS


def first_steps(request: HttpRequest) -> str:
    """Hints for a workspace that is still empty: answer the questions, bring your list, invite colleagues.

    Each goes once it is done. At most four queries, and only two once there are clients.
    """
    member: Any = request.member  # type: ignore[attr-defined]
    empty = not known_to(member, ("company", "person")).exists()
    shown = request.parts.shows("team.people")  # type: ignore[attr-defined]
    alone = shown and member.may(MANAGE) and len(active_members()[:2]) < 2
    values = {
        "questions": empty and member.may(GROW) and not asked(),
        "example": empty and member.may(GROW) and not context.tenant().quiet,
        "list": empty and "imports.run" in RIGHTS and member.may("imports.run"),
        "colleagues": alone and not open_invitations().exists(),
    }
    return (
        render_to_string("onboarding/first_steps.html", values, request=request)
        if any(values.values())
        else ""
    )
