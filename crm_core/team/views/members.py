"""Members, their pages, and invitations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.team import actions, forms, queries
from crm_core.team.actions import MANAGE
from kernel import context
from kernel.errors import Invalid
from kernel.web import change, page
from kernel.web import form as form_page
from ui import answers
from ui.forms import refuse


@page(MANAGE)
def members(request: HttpRequest) -> HttpResponse:
    """Everybody, invitations on their way, and those who left."""
    everybody = list(queries.members())
    values = {
        "active": [member for member in everybody if member.active and not member.is_partner],
        "partners": [member for member in everybody if member.active and member.is_partner],
        "gone": [member for member in everybody if not member.active],
        "invitations": list(queries.open_invitations()),
        "limit": context.tenant().lease.limit("members"),
        "seats": queries.seats(),
    }
    return answers.page(request, "team/members.html", values)


@form_page(MANAGE)
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody: a dialog over the list, or a page of its own."""
    by: Any = request.member  # type: ignore[attr-defined]
    form = forms.InvitationForm(request.POST or None, by=by)
    if form.is_valid():
        told = {field: form.cleaned_data[field] for field in ("email", "name")}
        try:
            found = actions.invite(by=by, **told, **form.picked())
        except Invalid as error:
            refuse(form, error)
        else:
            words = _("Invitation sent to %(email)s") % {"email": found.email}
            return answers.changed(request, to=reverse("team:members"), words=words, follow=True)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "team/invite.html", {"form": form})


@change(MANAGE)
def resend(request: HttpRequest, id: UUID) -> HttpResponse:
    """Send an invitation's letter again."""
    found = actions.resend(by=request.member, id=id)  # type: ignore[attr-defined]
    words = _("Invitation sent to %(email)s") % {"email": found.email}
    return answers.changed(request, to=reverse("team:members"), words=words, follow=True)


@change(MANAGE)
def revoke(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take an invitation back."""
    actions.revoke(by=request.member, id=id)  # type: ignore[attr-defined]
    return answers.changed(request, to=reverse("team:members"), words=_("Invitation taken back"), follow=True)


@form_page(MANAGE)
def member(request: HttpRequest, id: UUID) -> HttpResponse:
    """One member: role, team, sessions."""
    by: Any = request.member  # type: ignore[attr-defined]
    found = queries.member(id)
    initial = {"role": found.role_id, "team": found.team_id}
    form = forms.MembershipForm(request.POST or None, by=by, initial=initial)
    if form.is_valid():
        try:
            actions.change_member(by=by, id=id, **form.picked())
        except Invalid as error:
            refuse(form, error)
        else:
            return answers.changed(request, to=reverse("team:members"), words=_("Member saved"), follow=True)
    values = {
        "found": found,
        "form": form,
        "presence": forms.PresenceForm.of(found),
        "sessions": queries.sessions_of(found),
        "may_change": queries.may_grant(by, found.role),
    }
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "team/member.html", values)


@form_page(MANAGE)
def presence(request: HttpRequest, id: UUID) -> HttpResponse:
    """Whether a member is away or works part of the week; shown on the member's page, and alone if refused."""
    found = queries.member(id)
    form = forms.PresenceForm.of(found, request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.set_presence(by=request.member, id=id, **form.cleaned_data)  # type: ignore[attr-defined]
        to = reverse("team:member", args=[id])
        return answers.changed(request, to=to, words=_("Member saved"), follow=True)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "team/presence.html", {"found": found, "form": form})


@change(MANAGE)
def deactivate(request: HttpRequest, id: UUID) -> HttpResponse:
    """A member leaves."""
    found = actions.deactivate(by=request.member, id=id)  # type: ignore[attr-defined]
    words = _("%(name)s can no longer enter") % {"name": found.name}
    undo = reverse("team:reactivation", args=[id])
    return answers.changed(request, to=reverse("team:members"), words=words, undo=undo, follow=True)


@change(MANAGE)
def reactivate(request: HttpRequest, id: UUID) -> HttpResponse:
    """A member comes back."""
    found = actions.reactivate(by=request.member, id=id)  # type: ignore[attr-defined]
    words = _("%(name)s can enter again") % {"name": found.name}
    return answers.changed(request, to=reverse("team:members"), words=words, follow=True)
