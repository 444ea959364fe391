"""Partners: inviting somebody from outside, prolonging the time, ending it at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.team import actions, forms, queries
from crm_core.team.actions import MANAGE
from kernel.errors import Invalid, NotFound
from kernel.web import change
from kernel.web import form as form_page
from ui import answers
from ui.forms import refuse


@form_page(MANAGE)
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody from outside, with rights and an end."""
    by: Any = request.member  # type: ignore[attr-defined]
    form = forms.PartnerInvitationForm(request.POST or None, by=by)
    if form.is_valid():
        try:
            found = actions.invite_partner(by=by, **form.picked())
        except Invalid as error:
            refuse(form, error)
        else:
            words = _("Invitation sent to %(email)s") % {"email": found.email}
            return answers.changed(request, to=reverse("team:members"), words=words, follow=True)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "team/partner_invite.html", {"form": form})


@form_page(MANAGE)
def partner(request: HttpRequest, id: UUID) -> HttpResponse:
    """One partner: prolong, tick rights, or end."""
    by: Any = request.member  # type: ignore[attr-defined]
    found = queries.member(id)
    if not found.is_partner:
        raise NotFound
    form = forms.PartnerForm(request.POST or None, by=by, initial={"extra": found.partner_extra})
    if form.is_valid():
        try:
            actions.prolong_partner(by=by, id=id, **form.picked())
        except Invalid as error:
            refuse(form, error)
        else:
            return answers.changed(request, to=reverse("team:members"), words=_("Partner saved"), follow=True)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "team/partner.html", {"found": found, "form": form})


@change(MANAGE)
def ending(request: HttpRequest, id: UUID) -> HttpResponse:
    """End a partner's access now: the next request is refused."""
    found = actions.end_partner(by=request.member, id=id)  # type: ignore[attr-defined]
    words = _("%(name)s can no longer enter") % {"name": found.name}
    return answers.changed(request, to=reverse("team:members"), words=words, follow=True)
