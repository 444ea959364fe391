"""Tickets from the account host into a workspace: bound to nonce, tenant, account and 60 seconds; used once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from kernel.errors import NotFound
from kernel.when import now
from tenants.models import Handover, Membership, Tenant

LIFE_SECONDS = 60


def digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def issue(*, tenant_id: UUID, account_id: int, nonce_digest: str) -> str:
    """A new ticket for a member of the tenant. Raises ``NotFound`` for everybody else."""
    mine = Membership.objects.filter(tenant_id=tenant_id, account_id=account_id, active=True)
    if not mine.filter(tenant__status=Tenant.Status.ACTIVE).exists():
        raise NotFound
    ticket = secrets.token_urlsafe(32)
    Handover.objects.create(
        tenant_id=tenant_id,
        account_id=account_id,
        ticket=digest(ticket),
        nonce=nonce_digest,
        expires_at=now() + timedelta(seconds=LIFE_SECONDS),
    )
    return ticket


def burn(*, tenant_id: UUID, ticket: str, nonce: str, agent: str, network: str) -> tuple[Handover, UUID]:
    """Use a ticket: returns the handover and the member's id. Raises ``NotFound`` for anything untrue."""
    with transaction.atomic(using="default"):
        found = (
            Handover.objects.select_for_update()
            .filter(ticket=digest(ticket), tenant_id=tenant_id, used_at=None, expires_at__gt=now())
            .first()
        )
        if found is None or not secrets.compare_digest(found.nonce, digest(nonce)):
            raise NotFound
        member = Membership.objects.filter(
            tenant_id=tenant_id, account_id=found.account_id, active=True
        ).first()
        if member is None:
            raise NotFound
        found.used_at = now()
        found.agent = agent[:300]
        found.network = network[:64]
        found.save(update_fields=["used_at", "agent", "network"])
        return found, member.member_id


def note_session(handover: Handover, session_id: UUID) -> None:
    Handover.objects.filter(id=handover.id).update(session_id=session_id)


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
