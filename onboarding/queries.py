"""Reading on the way in: unfinished signups, workspaces of an account, addresses, open invitations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from crm_core.team import queries as team
from crm_core.team.models import Session
from identity import api as identity
from kernel.emails import read_email
from kernel.errors import Invalid, NotFound
from kernel.standing import standing
from kernel.text import slugify
from kernel.when import now
from onboarding.models import Signup
from tenants import api as tenants

# So long an address is kept for somebody who has not confirmed the mail yet.
HELD = timedelta(minutes=30)


def held_by_others(slug: str, but: UUID | None) -> QuerySet[Signup]:
    """Signups that keep an address, the one with id ``but`` and stale ones left out."""
    alive = Q(tenant_id__isnull=False) | Q(created_at__gt=now() - HELD)
    return Signup.objects.filter(alive, slug=slug, holds=True).exclude(id=but)


def signup(signup_id: UUID) -> Signup:
    """Raises ``NotFound``."""
    rows: list[Signup] = _signups(id=signup_id)
    if not rows:
        raise NotFound
    return rows[0]


@standing
def _signups(*, id: UUID) -> QuerySet[Signup]:
    return Signup.objects.filter(id=id)


def locked(signup_id: UUID) -> Signup:
    """The same, held by the present transaction. Raises ``NotFound``."""
    rows: list[Signup] = _locked(id=signup_id)
    if not rows:
        raise NotFound
    return rows[0]


@standing
def _locked(*, id: UUID) -> QuerySet[Signup]:
    return Signup.objects.select_for_update().filter(id=id)


def begun_here(session: Any) -> Signup | None:
    """The unfinished signup that was begun in this browser."""
    try:
        found = Signup.objects.filter(id=UUID(session.get("signup", ""))).first()
    except ValueError:
        return None
    return found if found is not None and found.is_open else None


def unfinished(account: Any) -> list[Signup]:
    """Workspaces that the account began to open: its own, and those asked for with its address."""
    mine = Q(account_id=account.pk) | Q(account_id=None, email=account.email)
    return list(Signup.objects.filter(mine, done_at=None, dropped_at=None).order_by("-created_at")[:10])


def mine(account: Any, signup_id: UUID) -> Signup:
    """One of them. Raises ``NotFound`` for somebody else's."""
    found = signup(signup_id)
    own = found.account_id == account.pk or (found.account_id is None and found.email == account.email)
    if not own or found.dropped_at is not None:
        raise NotFound
    return found


def opened_lately(account: Any) -> int:
    """How many workspaces the account opened within a day."""
    return Signup.objects.filter(account_id=account.pk, done_at__gt=now() - timedelta(days=1)).count()


def is_free(slug: str, but: UUID | None = None) -> bool:
    """Whether an address can be had."""
    try:
        tenants.check_slug(slug)
    except Invalid:
        return False
    return not held_by_others(slug, but).exists()


def suggestion(company: str) -> str:
    """A free address made of a company's name, or nothing if the name gives none."""
    base = slugify(company, longest=36)
    for number in range(1, 30):
        slug = base if number == 1 else f"{base}-{number}"
        if is_free(slug):
            return slug
    return base


# Addresses


def public_url(path: str = "") -> str:
    """An address on the public site and account host."""
    return f"{settings.TEREM_SCHEME}://{settings.TEREM_DOMAIN}{settings.TEREM_PORT_SUFFIX}/{path}"


def workspace_url(host: str, path: str = "") -> str:
    """An address inside a workspace."""
    return f"{settings.TEREM_SCHEME}://{host}{settings.TEREM_PORT_SUFFIX}/{path}"


def host(tenant: Any) -> str:
    """The host to which links of a workspace lead: its own domain, or its subdomain. Raises ``NotFound``."""
    return str(tenants.primary_host(tenant.id))


def is_ours(host: str) -> bool:
    """Whether a workspace's host is one of the platform's own subdomains."""
    return host.endswith(f".{settings.TEREM_DOMAIN}")


def way_in(tenant: Any, host: str) -> str:
    """Where a form of the account host may lead to go in.

    A form's own redirects may not end on a company's domain (the pages' content policy names none of
    them), so these go by way of the handover, which crosses over with a page of its own.
    """
    if is_ours(host):
        return workspace_url(host, "enter/")
    return public_url(f"handover/?{urlencode({'workspace': tenant.slug})}")


@dataclass(frozen=True, slots=True)
class Workspace:
    """A line of the chooser. ``url`` is for links, ``way_in`` for where a form leads."""

    name: str
    host: str
    url: str
    open: bool
    way_in: str
    example: bool = False


def workspaces(account: Any) -> list[Workspace]:
    """The workspaces of an account; those that are not served now are marked."""
    found = []
    known = tenants.memberships(account.pk)
    hosts = tenants.primary_hosts(membership.tenant for membership in known)
    for tenant in (membership.tenant for membership in known):
        at = hosts.get(tenant.id) or tenants.host_of(tenant.slug)
        url, is_open = workspace_url(at, "enter/"), tenant.status == tenant.Status.ACTIVE
        found.append(Workspace(tenant.name, at, url, is_open, way_in(tenant, at), tenant.is_example))
    return found


def rules_of_entering(tenant: Any, host: str) -> Any:
    """What the workspace, whose primary address is ``host``, asks of whoever enters: a second factor, a fresh proof."""
    with tenants.inside(tenant, at=host):
        return team.policy()


def factor_missing(rules: Any, account: Any) -> bool:
    """Whether the workspace asks for a second factor that the account does not have."""
    return bool(rules.require_second_factor) and not identity.second_factor_on(account)


def demand_fresh_proof(rules: Any, request: HttpRequest) -> None:
    """Where the workspace ends idle sessions, whoever enters has proved within that time who it is; else leads there."""
    if rules.idle_minutes:
        identity.demand_proof(request, seconds=rules.idle_minutes * 60)


# Sessions


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A line of "where you are signed in"."""

    id: Any
    place: str
    device: str
    network: str
    begun_at: Any
    current: bool = False


def device(agent: str) -> str:
    """What a browser calls itself, in words that people know."""
    return Session(agent=agent).device


def account_sessions(request: Any) -> list[OpenSession]:
    return [
        OpenSession(found.id, "", device(found.agent), found.network, found.begun_at, found.current)
        for found in identity.sessions(request)
    ]


def workspace_sessions(account: Any) -> list[OpenSession]:
    """Open sessions inside workspaces, the newest first."""
    return [
        OpenSession(found.id, found.tenant.name, device(found.agent), found.network, found.used_at)
        for found in tenants.sessions_of(account.pk)
        if found.used_at is not None and found.used_at > now() - Session.LIFE
    ]


# Invitations


@dataclass(frozen=True, slots=True)
class Invited:
    """What the letter's link shows before anybody has joined."""

    tenant: Any
    email: str
    name: str
    inviter: str
    account: Any


def invited(slug: str, key: str) -> Invited:
    """The open invitation of a letter. Raises ``NotFound`` for anything untrue, used or old."""
    tenant = tenants.by_slug(slug)
    if tenant.status != tenant.Status.ACTIVE:
        raise NotFound
    with tenants.inside(tenant, cause="page"):
        found = team.invitation(key)
        email, name, inviter = found.email, found.name, found.invited_by.name
    return Invited(tenant, email, name, inviter, identity.by_email(email))


def is_for(found: Invited, account: Any) -> bool:
    """Whether the account is the invited person's: by its address."""
    return read_email(account.email) == found.email
