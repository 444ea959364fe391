"""Settings page "Access by the operator": who asks, who may look in until when, who did."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.access import actions, forms, queries
from crm_core.access.actions import GRANT
from kernel import context, proof
from kernel.web import change, page
from tenants.api import proof_of
from ui import answers

LIST = "access/list.html"


def _values(form: Any = None) -> dict[str, Any]:
    return {"accesses": queries.accesses(), "form": form or forms.GrantForm()}


@page(GRANT)
def listing(request: HttpRequest) -> HttpResponse:
    """Every access that was ever asked for."""
    return answers.page(request, LIST, _values())


@change(GRANT)
def granting(request: HttpRequest, id: UUID) -> HttpResponse:
    """Let the operator in for some hours."""
    form = forms.GrantForm(request.POST)
    if not form.is_valid():
        return answers.invalid(request, LIST, _values(form))
    actions.grant(
        by=request.member,  # type: ignore[attr-defined]
        id=id,
        hours=form.cleaned_data["hours"],
        may_change=form.cleaned_data["way"] == "changes",
    )
    return _back(request, _("The operator may look in now"))


@change(GRANT)
def refusal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Say no."""
    actions.refuse(by=request.member, id=id)  # type: ignore[attr-defined]
    return _back(request, _("The request is refused"))


@change(GRANT)
def ending(request: HttpRequest, id: UUID) -> HttpResponse:
    """End an access at once."""
    actions.end(by=request.member, id=id)  # type: ignore[attr-defined]
    return _back(request, _("The access is ended"))


def _back(request: HttpRequest, words: str) -> HttpResponse:
    return answers.changed(request, to=reverse("access:list"), words=words, follow=True)


@page(GRANT)
def isolation(request: HttpRequest) -> HttpResponse:
    """What proves that nobody else reaches this workspace, and who of the operators looked in."""
    values = {
        "report": proof.read(),
        "live": proof_of(context.tenant().id),
        "accesses": queries.looks(),
    }
    return answers.page(request, "access/isolation.html", values)
