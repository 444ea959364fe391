"""How the product is used, person by person, with hints."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from crm_core.setup.queries import adoption as queries
from crm_core.team.actions import MANAGE
from kernel.web import page
from kernel.when import now
from ui import answers


@page(MANAGE)
def adoption(request: HttpRequest) -> HttpResponse:
    """One line for each member: what was done this month, what is overdue, what is empty."""
    values = {"lines": queries.lines(request.parts), "at": now()}  # type: ignore[attr-defined]
    return answers.page(request, "setup/adoption.html", values)
