"""Tickets from the account host into a workspace: bound to nonce, tenant, account and 60 seconds; used once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connections

from kernel.errors import NotFound
from kernel.when import now
from tenants.models import Handover, Tenant
from tenants.registering import places, worded

LIFE_SECONDS = 60


def digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def issue(*, tenant_id: UUID, account_id: int, nonce_digest: str) -> str:
    """A new ticket for a member of the tenant. Raises ``NotFound`` for everybody else."""
    ticket = secrets.token_urlsafe(32)
    columns, values = worded(
        Handover(
            tenant_id=tenant_id,
            account_id=account_id,
            ticket=digest(ticket),
            nonce=nonce_digest,
            expires_at=now() + timedelta(seconds=LIFE_SECONDS),
        )
    )
    with connections["default"].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO tenants_handover ({columns}) SELECT {places(values)}"  # noqa: S608 - names of columns only
            " FROM tenants_membership AS mine JOIN tenants_tenant AS tenant ON tenant.id = mine.tenant_id"
            " WHERE mine.tenant_id = %s AND mine.account_id = %s AND mine.active AND tenant.status = %s",
            [*values, tenant_id, account_id, Tenant.Status.ACTIVE],
        )
        if not cursor.rowcount:
            raise NotFound
    return ticket


class Burned(NamedTuple):
    """Whom a ticket has let in."""

    account_id: int
    member_id: UUID


_BURN = (
    "UPDATE tenants_handover AS used SET used_at = %s, agent = %s, network = %s, session_id = %s"
    " FROM tenants_membership AS mine"
    " WHERE used.ticket = %s AND used.nonce = %s AND used.tenant_id = %s"
    " AND used.used_at IS NULL AND used.expires_at > %s"
    " AND mine.tenant_id = used.tenant_id AND mine.account_id = used.account_id AND mine.active"
    " RETURNING used.account_id, mine.member_id"
)


def burn(*, tenant_id: UUID, ticket: str, nonce: str, agent: str, network: str, session_id: UUID) -> Burned:
    """Use a ticket for a session that is opened next. Raises ``NotFound`` for anything untrue.

    One statement: of two that come with the same ticket the later one finds it used.
    """
    moment = now()
    used = (moment, agent[:300], network[:64], session_id)
    with connections["default"].cursor() as cursor:
        cursor.execute(_BURN, (*used, digest(ticket), digest(nonce), tenant_id, moment))
        row = cursor.fetchone()
    if row is None:
        raise NotFound
    return Burned(*row)


def sessions_of(account_id: int) -> list[Handover]:
    """The workspace sessions that an account opened and that were not ended, newest first."""
    return list(
        Handover.objects.filter(account_id=account_id, session_id__isnull=False, ended_at=None)
        .select_related("tenant")
        .order_by("-used_at")[:100]
    )


def end_session(*, account_id: int, handover_id: UUID) -> Handover:
    """Mark a session of this account as ended. Raises ``NotFound`` for somebody else's."""
    found = Handover.objects.filter(id=handover_id, account_id=account_id).select_related("tenant").first()
    if found is None:
        raise NotFound
    found.ended_at = found.ended_at or now()
    found.save(update_fields=["ended_at"])
    return found


def session_ended(*, session_id: UUID) -> None:
    """A workspace session was ended inside the workspace: it leaves the account's list too."""
    Handover.objects.filter(session_id=session_id, ended_at=None).update(ended_at=now())
