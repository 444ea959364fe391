"""Workspace host: coming in with a ticket, leaving, and the invitation letter's address."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from crm_core.access import actions as access
from crm_core.team import actions as team
from crm_core.team.models import Session
from kernel import context
from kernel.errors import NotAllowed, NotFound
from kernel.web import entry
from onboarding import entering, queries
from ui import answers

NONCE_AGE = 30 * 60


def keep(response: HttpResponse, name: str, value: str, age: int) -> None:
    """Set a cookie of the workspace's own; ``age`` in seconds."""
    response.set_cookie(
        name, value, max_age=age, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


@entry()
def enter(request: HttpRequest) -> HttpResponse:
    """Mark this browser by a nonce, then ask the account host for a ticket that is bound to it."""
    path = entering.local(request.GET.get("next", "/"))
    if request.member is not None:  # type: ignore[attr-defined]
        return HttpResponseRedirect(path)
    nonce = request.COOKIES.get(settings.NONCE_COOKIE, "")
    if not entering.NONCE.match(nonce):
        nonce = entering.new_nonce()
    response = HttpResponseRedirect(entering.way_to_account(request, nonce, path))
    keep(response, settings.NONCE_COOKIE, nonce, NONCE_AGE)
    return entering.no_trace(response)


@entry()
def arrive(request: HttpRequest, ticket: str) -> HttpResponse:
    """Burn the ticket, open the session, go on without a trace of the ticket."""
    path = entering.local(request.GET.get("next", "/"))
    response: HttpResponse = HttpResponseRedirect(path)
    if request.member is not None:  # type: ignore[attr-defined]
        return entering.no_trace(response)
    try:
        key = entering.arrive(request, ticket=ticket, nonce=request.COOKIES.get(settings.NONCE_COOKIE, ""))
    except NotAllowed:
        # A partner whose time is over, until the nightly round takes the workspace off the account's list.
        values = {"workspaces": queries.public_url("workspaces/")}
        over = answers.page(request, "onboarding/partner_over.html", values, status=403)
        return entering.no_trace(over)
    except NotFound:
        refused = answers.page(request, "onboarding/ticket_over.html", {"path": path}, status=404)
        return entering.no_trace(refused)
    keep(response, settings.WORKSPACE_COOKIE, key, int(Session.LIFE.total_seconds()))
    response.delete_cookie(settings.NONCE_COOKIE, samesite="Lax")
    return entering.no_trace(response)


@entry()
def leave(request: HttpRequest) -> HttpResponse:
    """End this session. Only a form does it: a link from elsewhere leads to the start page."""
    if request.method != "POST":
        return HttpResponseRedirect("/")
    session = request.session_row  # type: ignore[attr-defined]
    visit = request.visit  # type: ignore[attr-defined]
    if visit is not None:
        # Leaving is the one change that reading allows.
        with context.altered(read_only=False):
            access.leave(by=request.member, id=visit.id)  # type: ignore[attr-defined]
    elif session is not None:
        team.end_session(by=request.member, id=session.id)  # type: ignore[attr-defined]
    response = HttpResponseRedirect(queries.public_url("left/"))
    response.delete_cookie(settings.WORKSPACE_COOKIE, samesite="Lax")
    # Drafts that the browser kept go with the person.
    response.headers["Clear-Site-Data"] = '"storage"'
    return entering.no_trace(response)


@entry()
def join(request: HttpRequest, key: str) -> HttpResponse:
    """The invitation letter leads here; accounts live on the account host."""
    slug = request.tenant.slug  # type: ignore[attr-defined]
    return entering.no_trace(HttpResponseRedirect(queries.public_url(f"invitations/{slug}/{key}/")))
