"""Where the account is signed in, on the account host and inside workspaces; ending one or all."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from identity import api as identity
from kernel.web import account
from onboarding import entering, queries
from ui import answers


@account()
def sessions(request: HttpRequest) -> HttpResponse:
    """The list."""
    values = {
        "place": "sessions",
        "account_sessions": queries.account_sessions(request),
        "workspace_sessions": queries.workspace_sessions(identity.current(request)),
    }
    return answers.page(request, "onboarding/sessions.html", values)


def _back(request: HttpRequest, words: str) -> HttpResponse:
    return answers.changed(request, to=reverse("onboarding:sessions"), words=words, follow=True)


@account()
@identity.proved_anew
def account_session_ending(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign out in another browser."""
    if request.method == "POST":
        identity.end_session(account=identity.current(request), session_id=session_id)
    return _back(request, _("Session ended."))


@account()
@identity.proved_anew
def workspace_session_ending(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """End a session inside a workspace; it is over there within two seconds."""
    if request.method == "POST":
        me = identity.current(request)
        entering.end_workspace_session(account_id=me.pk, handover_id=handover_id)
    return _back(request, _("Session ended."))


@account()
@identity.proved_anew
def all_endings(request: HttpRequest) -> HttpResponse:
    """End everything but this browser's session on the account host."""
    if request.method == "POST":
        me = identity.current(request)
        identity.end_sessions(account=me, but=request.session.session_key or "")
        entering.end_workspace_sessions(me.pk)
    return _back(request, _("You are signed out everywhere else."))
