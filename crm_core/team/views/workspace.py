"""The workspace itself: its name and its rules of safety."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.team import actions, forms, queries
from crm_core.team.actions import MANAGE
from kernel import context
from kernel.errors import Invalid
from kernel.web import change
from kernel.web import form as form_page
from ui import answers
from ui.forms import refuse


def _forms() -> dict[str, Any]:
    tenant = context.tenant()
    about = {"name": tenant.name, "language": tenant.language, "zone": tenant.zone}
    kept = queries.policy()
    rules = {"require_second_factor": kept.require_second_factor, "idle_minutes": kept.idle_minutes}
    return {
        "workspace": forms.WorkspaceForm(initial=about),
        "policy": forms.PolicyForm(initial=rules),
        "host": tenant.host,
    }


@form_page(MANAGE)
def workspace(request: HttpRequest) -> HttpResponse:
    """What the workspace is called, and what newcomers start with."""
    if request.method != "POST":
        return answers.page(request, "team/workspace.html", _forms())
    form = forms.WorkspaceForm(request.POST)
    if form.is_valid():
        try:
            actions.rename_workspace(by=request.member, **form.cleaned_data)  # type: ignore[attr-defined]
        except Invalid as error:
            refuse(form, error)
        else:
            return answers.changed(
                request, to=reverse("team:policy"), words=_("Workspace saved"), follow=True
            )
    return answers.invalid(request, "team/workspace.html", _forms() | {"workspace": form})


@change(MANAGE)
def rules(request: HttpRequest) -> HttpResponse:
    """The rules of safety."""
    form = forms.PolicyForm(request.POST)
    if not form.is_valid():
        return answers.invalid(request, "team/workspace.html", _forms() | {"policy": form})
    actions.set_policy(by=request.member, **form.cleaned_data)  # type: ignore[attr-defined]
    return answers.changed(request, to=reverse("team:policy"), words=_("Safety rules saved"), follow=True)
