"""An operator's way into a workspace: asked for in the console, granted inside, walked with a ticket that is used once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from crm_core.access import actions as access
from crm_core.access.models import Access
from crm_core.access.queries import access as access_by_id
from kernel.actions import action
from kernel.errors import NotFound
from kernel.when import now
from onboarding.entering import DIGEST, digest
from onboarding.models import Looking
from tenants import api as tenants

TICKET_LIFE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the console shows of an access: the request, and how it stands inside the workspace."""

    looking: Looking
    access: Access | None
    way_in: str


def asked(tenant: Any) -> list[Asked]:
    """Every access that operators asked for in a workspace, newest first, as it stands there now."""
    rows = list(Looking.objects.filter(tenant_id=tenant.id)[:50])
    found: list[Asked] = []
    if not rows:
        return found
    with tenants.inside(tenant, cause="operator"):
        for row in rows:
            way = address(tenants.host_of(tenant.slug), f"visit/{row.id}/")
            found.append(Asked(row, _inside(row), way))
    return found


def _inside(row: Looking) -> Access | None:
    try:
        return access_by_id(row.id)
    except NotFound:
        return None


def address(host: str, path: str) -> str:
    return f"{settings.TEREM_SCHEME}://{host}{settings.TEREM_PORT_SUFFIX}/{path}"


@action()
def ask(*, tenant: Any, by: Any, reason: str) -> Looking:
    """Ask the workspace's administrators; they get a letter. Raises what ``crm_core.access.actions.ask`` does."""
    row = Looking(tenant_id=tenant.id, account_id=by.pk, account_label=by.email, reason=reason[:300])
    row.save(force_insert=True)
    tenants.note(tenant, by, "access_asked", reason[:300])
    with tenants.inside(tenant, cause="operator"):
        access.ask(id=row.id, account_id=by.pk, operator=by.email, reason=reason)
    return row


@action()
def issue(*, id: UUID, by: Any, nonce_digest: str) -> str:
    """The address with a fresh ticket, bound to the asking browser. Raises ``NotFound`` unless the access is open."""
    row = Looking.objects.select_for_update().filter(id=id, account_id=by.pk).first()
    if row is None or not DIGEST.match(nonce_digest):
        raise NotFound
    tenant = tenants.tenant(row.tenant_id)
    with tenants.inside(tenant, cause="operator"):
        if not access_by_id(row.id).is_open:
            raise NotFound
    ticket = secrets.token_urlsafe(32)
    row.ticket, row.nonce, row.ticket_until = digest(ticket), nonce_digest, now() + TICKET_LIFE
    row.save()
    tenants.note(tenant, by, "looked_inside", row.reason)
    return address(tenants.host_of(tenant.slug), f"visit/{row.id}/{ticket}/")


@action()
def burn(*, tenant_id: UUID, id: UUID, ticket: str, nonce: str) -> Looking:
    """Use a ticket. Raises ``NotFound`` for one that is untrue, used, too old, of another workspace or browser."""
    row = (
        Looking.objects.select_for_update()
        .filter(id=id, tenant_id=tenant_id, ticket=digest(ticket), ticket_until__gt=now())
        .first()
    )
    if row is None or not secrets.compare_digest(row.nonce, digest(nonce)):
        raise NotFound
    row.ticket, row.nonce, row.ticket_until = "", "", None
    row.save()
    return row


def arrive(*, tenant_id: UUID, id: UUID, ticket: str, nonce: str, agent: str, network: str) -> str:
    """Burn the ticket and open the visit; returns the key for its cookie. Raises ``NotFound``."""
    row = burn(tenant_id=tenant_id, id=id, ticket=ticket, nonce=nonce)
    return access.enter(id=row.id, account_id=row.account_id, agent=agent, network=network)
