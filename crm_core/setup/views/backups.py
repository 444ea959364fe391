"""Backups in the settings: the last one, restoring into a copy, taking a record over, closing the workspace."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.setup import forms
from crm_core.setup.actions import recovery
from crm_core.setup.actions.recovery import RECOVER
from kernel import context
from kernel.errors import Conflict, Invalid
from kernel.web import form as form_page
from kernel.web import page as shown
from tenants import api as tenants
from ui import answers
from ui.forms import refuse


@shown(RECOVER)
def backups(request: HttpRequest) -> HttpResponse:
    """When the last backup was taken, what can be restored, which copies stand beside."""
    values = {"recovery": tenants.recovery(context.tenant().id), "quiet": context.tenant().quiet}
    return answers.page(request, "setup/backups.html", values, part="recovery")


@form_page(RECOVER)
def order(request: HttpRequest) -> HttpResponse:
    """Ask for recovery work, with a reason."""
    form = forms.OrderForm(request.POST or None, initial={"verb": "take"} | request.GET.dict())
    verb = str((request.POST or request.GET).get("verb", "take"))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            recovery.ask(
                by=request.member,  # type: ignore[attr-defined]
                verb=asked["verb"],
                reason=asked["reason"],
                snapshot_id=asked["snapshot"],
                copy_id=asked["copy"],
            )
        except (Invalid, Conflict) as error:
            refuse(form, error if isinstance(error, Invalid) else Invalid(str(error)))
        else:
            return _told(request, _("The work begins within seconds."))
    return _form(
        request, "setup/order.html", {"form": form, "verb": verb, "title": tenants.order_words(verb)}
    )


@form_page(RECOVER)
def record(request: HttpRequest, copy: UUID) -> HttpResponse:
    """Take one record over from a copy."""
    found = tenants.copy_of(context.tenant().id, copy)
    form = forms.RecordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            recovery.take_over(by=request.member, copy_id=copy, **form.cleaned_data)  # type: ignore[attr-defined]
        except Invalid as error:
            refuse(form, error)
        else:
            return _told(request, _("The record is taken over in the background."))
    return _form(request, "setup/record.html", {"form": form, "copy": found})


@form_page(RECOVER)
def closing(request: HttpRequest) -> HttpResponse:
    """Close the workspace for good, after its days of grace."""
    tenant = context.tenant()
    form = forms.ClosingForm(request.POST or None, workspace=tenant.name)
    if request.method == "POST" and form.is_valid():
        try:
            recovery.close(by=request.member, reason=form.cleaned_data["reason"])  # type: ignore[attr-defined]
        except (Invalid, Conflict) as error:
            refuse(form, error if isinstance(error, Invalid) else Invalid(str(error)))
        else:
            return answers.sent_on(request, "/")
    return _form(request, "setup/closing.html", {"form": form, "workspace": tenant.name})


def _told(request: HttpRequest, words: str) -> HttpResponse:
    return answers.changed(request, to=reverse("setup:backups"), words=words, follow=True)


def _form(request: HttpRequest, template: str, values: dict[str, Any]) -> HttpResponse:
    answer = answers.invalid if values["form"].errors else answers.page
    return answer(request, template, values)
