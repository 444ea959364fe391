"""The way into an example: whoever works in the company that it stands beside, and nobody else."""

from __future__ import annotations

from typing import Any

from crm_core.setup.actions.arriving import guest_of, welcome
from kernel.errors import NotFound
from tenants import api as tenants


def let_in(account: Any, slug: str) -> bool:
    """Make the account a member of an example if it works in its company; returns whether it may enter.

    The role there follows the one in the company each time. Of other workspaces nothing is asked or changed.
    """
    try:
        example = tenants.by_slug(slug)
    except NotFound:
        return False
    if not example.is_example or example.status != example.Status.ACTIVE:
        return False
    company = next(
        (one.tenant for one in tenants.memberships(account.pk) if one.tenant_id == example.copy_of_id), None
    )
    if company is None or company.status != company.Status.ACTIVE:
        return False
    with tenants.inside(company, cause="page"):
        guest = guest_of(account.pk)
    if guest is None:
        return False
    with tenants.inside(example, cause="page", language=guest.language):
        member = welcome(guest=guest)
    tenants.join(tenant_id=example.id, account_id=account.pk, member_id=member.id)
    tenants.keep_example(tenant_id=example.id)
    return True
