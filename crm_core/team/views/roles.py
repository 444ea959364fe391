"""Roles and what they may do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.team import actions, forms, queries
from crm_core.team.actions import MANAGE
from kernel.errors import Invalid
from kernel.web import form as form_page
from kernel.web import page
from ui import answers
from ui.forms import refuse


@page(MANAGE)
def roles(request: HttpRequest) -> HttpResponse:
    """All roles with what they see and how many people hold them."""
    return answers.page(request, "team/roles.html", {"roles": list(queries.roles())})


@form_page(MANAGE)
def create(request: HttpRequest) -> HttpResponse:
    """A new role."""
    form = forms.RoleForm(request.POST or None, initial={"visibility": "own"})
    if form.is_valid():
        try:
            actions.create_role(by=request.member, **form.cleaned_data)  # type: ignore[attr-defined]
        except Invalid as error:
            refuse(form, error)
        else:
            return answers.changed(request, to=reverse("team:roles"), words=_("Role added"), follow=True)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "team/role.html", {"form": form})


@form_page(MANAGE)
def role(request: HttpRequest, id: UUID) -> HttpResponse:
    """One role and its rights."""
    by: Any = request.member  # type: ignore[attr-defined]
    found = queries.role(id)
    initial = {"name": found.name, "visibility": found.visibility, "rights": found.rights}
    form = forms.RoleForm(request.POST or None, initial=initial, fixed=found.system)
    if form.is_valid():
        try:
            actions.change_role(by=by, id=id, **form.cleaned_data)
        except Invalid as error:
            refuse(form, error)
        else:
            return answers.changed(request, to=reverse("team:roles"), words=_("Role saved"), follow=True)
    values = {"form": form, "role": found, "may_change": queries.may_grant(by, found)}
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "team/role.html", values)


@form_page(MANAGE)
def removal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Remove a role; its members get another."""
    by: Any = request.member  # type: ignore[attr-defined]
    found = queries.role(id)
    form = forms.RoleRemovalForm(request.POST if request.method == "POST" else None, role=found, by=by)
    if form.is_valid():
        other = form.cleaned_data["move_to"]
        try:
            actions.delete_role(by=by, id=id, move_to=other.id if other else None)
        except Invalid as error:
            refuse(form, error)
        else:
            return answers.changed(request, to=reverse("team:roles"), words=_("Role removed"), follow=True)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "team/role_removal.html", {"form": form, "role": found})
