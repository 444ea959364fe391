"""My profile and my sessions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.team import actions, forms, queries
from kernel.errors import Invalid
from kernel.rights import EVERYBODY
from kernel.web import change, page
from kernel.web import form as form_page
from ui import answers
from ui.forms import refuse


def _forms(member: Any) -> dict[str, Any]:
    fields = ("name", "language", "zone", "theme", "density", "hotkeys")
    initial = {field: getattr(member, field) for field in fields}
    return {"profile": forms.ProfileForm(initial=initial), "looks": forms.LookForm(initial=initial)}


def _save(request: HttpRequest, name: str, form: Any, save: Any, words: Any) -> HttpResponse:
    if form.is_valid():
        try:
            save(by=request.member, **form.cleaned_data)  # type: ignore[attr-defined]
        except Invalid as error:
            refuse(form, error)
        else:
            return answers.changed(request, to=reverse("team:profile"), words=words, follow=True)
    both = _forms(request.member) | {name: form}  # type: ignore[attr-defined]
    return answers.invalid(request, "team/profile.html", both)


@form_page(EVERYBODY)
def profile(request: HttpRequest) -> HttpResponse:
    """One's own name, language, zone and look."""
    if request.method == "POST":
        form = forms.ProfileForm(request.POST)
        return _save(request, "profile", form, actions.change_profile, _("Profile saved"))
    return answers.page(request, "team/profile.html", _forms(request.member))  # type: ignore[attr-defined]


@change(EVERYBODY)
def look(request: HttpRequest) -> HttpResponse:
    """Theme, density, keyboard."""
    return _save(request, "looks", forms.LookForm(request.POST), actions.change_look, _("Look saved"))


@page(EVERYBODY)
def sessions(request: HttpRequest) -> HttpResponse:
    """Where I am signed in."""
    found = queries.sessions_of(request.member)  # type: ignore[attr-defined]
    values = {"sessions": found, "present": request.session_row}  # type: ignore[attr-defined]
    return answers.page(request, "team/sessions.html", values)


@change(EVERYBODY)
def session_end(request: HttpRequest, id: UUID) -> HttpResponse:
    """End one of the sessions that the member may end."""
    actions.end_session(by=request.member, id=id)  # type: ignore[attr-defined]
    to = answers.safe_next(request, reverse("team:sessions"))
    return answers.changed(request, to=to, words=_("Session ended"), follow=True)


@change(EVERYBODY)
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End all of my sessions but this one."""
    present = request.session_row.id  # type: ignore[attr-defined]
    actions.end_other_sessions(by=request.member, keep=present)  # type: ignore[attr-defined]
    return answers.changed(
        request, to=reverse("team:sessions"), words=_("All other sessions ended"), follow=True
    )
