"""Teams."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.team import actions, forms, queries
from crm_core.team.actions import MANAGE
from kernel.errors import Invalid
from kernel.web import change, page
from kernel.web import form as form_page
from ui import answers
from ui.forms import refuse


@page(MANAGE)
def teams(request: HttpRequest) -> HttpResponse:
    """All teams."""
    return answers.page(request, "team/teams.html", {"teams": list(queries.teams())})


@form_page(MANAGE)
def create(request: HttpRequest) -> HttpResponse:
    """A new team."""
    form = forms.TeamForm(request.POST or None)
    if form.is_valid():
        try:
            actions.create_team(by=request.member, **form.picked())  # type: ignore[attr-defined]
        except Invalid as error:
            refuse(form, error)
        else:
            return answers.changed(request, to=reverse("team:teams"), words=_("Team added"), follow=True)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "team/team.html", {"form": form})


@form_page(MANAGE)
def team(request: HttpRequest, id: UUID) -> HttpResponse:
    """One team and its members."""
    found = queries.team(id)
    initial = {"name": found.name, "members": queries.active_members().filter(team=found)}
    form = forms.TeamForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            actions.change_team(by=request.member, id=id, **form.picked())  # type: ignore[attr-defined]
        except Invalid as error:
            refuse(form, error)
        else:
            return answers.changed(request, to=reverse("team:teams"), words=_("Team saved"), follow=True)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "team/team.html", {"form": form, "team": found})


@change(MANAGE)
def removal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Remove a team; its members stay."""
    actions.delete_team(by=request.member, id=id)  # type: ignore[attr-defined]
    return answers.changed(request, to=reverse("team:teams"), words=_("Team removed"), follow=True)
