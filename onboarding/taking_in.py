"""A new workspace from an archive: opened, filled, leased, joined, served; or, if a step fails, not there at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from billing import api as billing
from crm_core.exports.actions import Reached, TakenIn, take_in
from crm_core.exports.queries.archive import Archive, open_archive
from crm_core.team.models import Member
from identity import api as identity
from kernel.rights import PLATFORM
from tenants import api as tenants


def open_from(
    path: Path, *, slug: str, name: str = "", reached: Reached = lambda table, rows: None
) -> tuple[Any, TakenIn]:
    """Open a workspace at ``slug`` with everything that the archive holds.

    Raises ``Invalid`` with a sentence for an archive or address that cannot be used; nothing stays then.
    """
    with open_archive(path) as archive:
        return _open(archive, slug, name, reached)


def _open(archive: Archive, slug: str, name: str, reached: Reached) -> tuple[Any, TakenIn]:
    facts = archive.workspace
    tenant = tenants.open_tenant(
        slug=slug,
        name=name or facts.get("name") or slug,
        language=facts.get("language", "en")[:8],
        zone=facts.get("zone", "UTC")[:64],
        currency=facts.get("currency", "EUR")[:3],
    )
    try:
        told = _fill(tenant, archive, reached)
        billing.start(tenant.id)
        for account_id, member in told.people.items():
            if member.active:
                tenants.join(tenant_id=tenant.id, account_id=account_id, member_id=member.id)
        return tenants.activate(tenant_id=tenant.id), told
    except BaseException:
        tenants.close(tenant_id=tenant.id, reason="The archive could not be taken in.")
        raise


def _fill(tenant: Any, archive: Archive, reached: Reached) -> TakenIn:
    with tenants.inside(tenant, cause="command"):
        return take_in(by=PLATFORM, archive=archive, account_of=_account_of, reached=reached)


def _account_of(email: str) -> int | None:
    account = identity.by_email(email)
    return None if account is None else int(account.pk)


def administrators(tenant: Any) -> list[Member]:
    """Who can enter and manage the workspace."""
    with tenants.inside(tenant, cause="command"):
        return list(Member.objects.active().filter(role__system=True).exclude(account_id=None))
