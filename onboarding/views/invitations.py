"""Joining a workspace by the letter's link, on the account host."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language

from identity import api as identity
from kernel.errors import Invalid, NotFound
from kernel.web import public
from onboarding import entering, queries
from onboarding.actions import ZONES
from onboarding.forms import JoinForm, NameForm
from ui import answers
from ui.forms import refuse


@public()
def invitation(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Who invites whom where; then join as the account that is signed in, or with a new one."""
    try:
        found = queries.invited(slug, key)
    except NotFound:
        return answers.page(request, "onboarding/invitation_over.html", status=404)
    me = identity.current(request)
    if me is not None and not queries.is_for(found, me):
        return answers.page(request, "onboarding/invitation_other.html", {"invited": found, "account": me})
    if me is None and found.account is not None:
        return answers.page(request, "onboarding/invitation_known.html", {"invited": found})
    form = _form(request, found, me)
    if request.method == "POST" and form.is_valid():
        try:
            return _join(request, found, key, form, me)
        except Invalid as error:
            refuse(form, error)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "onboarding/invitation.html", {"invited": found, "form": form, "account": me})


def _form(request: HttpRequest, found: queries.Invited, me: Any) -> Any:
    if me is not None:
        return NameForm(request.POST or None, initial={"name": found.name or identity.name_of(me)})
    return JoinForm(request.POST or None, initial={"name": found.name})


def _join(request: HttpRequest, found: queries.Invited, key: str, form: Any, me: Any) -> HttpResponse:
    """The key came to the invited address, so whoever holds it has proved that the mail arrives."""
    name, language = form.cleaned_data["name"], (get_language() or "en").partition("-")[0]
    into = queries.way_in(found.tenant, queries.host(found.tenant))
    account: Any = me
    response: HttpResponse = HttpResponseRedirect(into)
    if account is None:
        account = identity.create_account(
            email=found.email, password=form.cleaned_data["password"], name=name
        )
        identity.note_consent(account=account)
        response = identity.enter(request, account, after=into)
    zone = found.tenant.zone or ZONES.get(language, "UTC")
    entering.join(found, account, key, name=name, language=language, zone=zone)
    return response
