"""From an account into a workspace and out again: tickets, joining by invitation, ending sessions."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from crm_core.team import actions as team
from crm_core.team.queries import member as member_by_id
from identity import api as identity
from kernel.errors import NotFound
from kernel.ids import uuid7
from kernel.rights import PLATFORM
from onboarding import examples, queries
from tenants import api as tenants

log = logging.getLogger("terem.entering")

DIGEST = re.compile(r"^[0-9a-f]{64}$")
NONCE = re.compile(r"^[\w-]{43}$")


def enterable(account: Any, slug: str) -> Any:
    """The account's membership of a workspace, with its ``tenant`` and ``host``; of an example as the company has it now.

    Raises ``NotFound`` for all others, known or not.
    """
    found = tenants.membership(account.pk, slug)
    if found is None or found.tenant.is_example:
        examples.let_in(account, slug)
        found = tenants.membership(account.pk, slug)
    if found is None:
        raise NotFound
    return found


def new_nonce() -> str:
    return secrets.token_urlsafe(32)


def digest(nonce: str) -> str:
    """What the account host is told of a browser's nonce."""
    return hashlib.sha256(nonce.encode()).hexdigest()


def local(path: str) -> str:
    """``path`` if it leads somewhere on the same host, else the start page."""
    plain = path.startswith("/") and url_has_allowed_host_and_scheme(path, None)
    return path if plain else "/"


def is_ours(url: str) -> bool:
    """Whether an address lies on one of the platform's own hosts."""
    return queries.is_ours(urlsplit(url).hostname or "")


def way_to_account(request: HttpRequest, nonce: str, path: str) -> str:
    """Where a workspace sends a visitor without a session."""
    tenant = request.tenant  # type: ignore[attr-defined]
    asked = {"workspace": tenant.slug, "nonce": digest(nonce)} | ({"next": path} if path != "/" else {})
    host = request.get_host().partition(":")[0].lower().removesuffix(".")
    if host != tenants.host_of(tenant.slug):
        # The nonce lies in this host's cookie: the ticket has to come back here.
        asked["at"] = host
    return queries.public_url(f"handover/?{urlencode(asked)}")


def way_back(tenant: Any, account: Any, nonce_digest: str, path: str, *, at: str = "") -> str:
    """A fresh ticket's address in the workspace. Raises ``NotFound`` for a workspace that is not open to the account.

    ``at`` is the domain of the company's own that asked; any other host than its own leads to its subdomain.
    """
    rest = f"?{urlencode({'next': path})}" if path != "/" else ""
    if not DIGEST.match(nonce_digest):
        # Asked for by hand: begin at the workspace, which binds the ticket to this browser.
        return queries.workspace_url(queries.host(tenant), f"enter/{rest}")
    host = at if at and tenants.is_address_of(tenant.id, at) else tenants.host_of(tenant.slug)
    ticket = tenants.issue(tenant_id=tenant.id, account_id=account.pk, nonce_digest=nonce_digest)
    return queries.workspace_url(host, f"enter/{ticket}/{rest}")


def arrive(request: HttpRequest, *, ticket: str, nonce: str) -> str:
    """Burn the ticket and open a session; returns the key for its cookie.

    Raises ``NotFound`` for a ticket that is untrue, used, too old, of another workspace or browser.
    """
    tenant = request.tenant  # type: ignore[attr-defined]
    used = {"agent": request.headers.get("User-Agent", ""), "network": identity.network_of(request)}
    session_id = uuid7()
    burned = tenants.burn(tenant_id=tenant.id, ticket=ticket, nonce=nonce, session_id=session_id, **used)
    try:
        member = member_by_id(burned.member_id)
        email = identity.by_id(burned.account_id).email
        if email.casefold() != member.email.casefold():
            team.follow_account(by=member, email=email)
        _session, key = team.open_session(member=member, id=session_id, **used)
    except BaseException:
        # The account's list knows of a session that was not opened.
        tenants.session_ended(session_id=session_id)
        raise
    return key


def no_trace(response: HttpResponse) -> HttpResponse:
    """The address just left held a ticket: no referrer tells it, nothing keeps it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def join(invited: queries.Invited, account: Any, key: str, *, name: str, language: str, zone: str) -> None:
    """The invited person becomes a member. Raises what ``team.accept`` raises."""
    with tenants.inside(invited.tenant, cause="page", language=language):
        team.accept(
            key=key, account_id=account.pk, email=account.email, name=name, language=language, zone=zone
        )


def end_workspace_session(*, account_id: int, handover_id: UUID) -> None:
    """End a session inside a workspace from the account's list. Raises ``NotFound`` for somebody else's."""
    handover = tenants.end_session(account_id=account_id, handover_id=handover_id)
    try:
        with tenants.inside(handover.tenant, cause="page"):
            if handover.session_id is not None:
                team.end_session(by=PLATFORM, id=handover.session_id)
    except NotFound:
        # It was over already, or the whole workspace is closed.
        log.info("the session of handover %s was over", handover.id)


def end_workspace_sessions(account_id: int) -> None:
    """End every session of an account in every workspace: its password has changed."""
    for handover in tenants.sessions_of(account_id):
        end_workspace_session(account_id=account_id, handover_id=handover.id)
