"""Opening a workspace: two steps, each its own transaction, each done once however often it is begun.

A step locks the signup's row, looks whether its marks are there, acts, and leaves its marks. A crash
between two steps, or between an act and its mark, is mended by simply beginning again: the acts
themselves can be repeated. The release before this one left each mark in a transaction of its own, so
any of them may be there without the next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from billing import api as billing
from crm_core.setup.actions import seed
from identity import api as identity
from kernel.actions import action
from kernel.errors import NotFound
from kernel.when import now
from onboarding import actions, queries
from onboarding.models import Signup
from tenants import api as tenants

# What the last step has done of what it does; its end has a mark of its own.
MARKS = ("member_id", "leased_at", "joined_at")

Step = Callable[..., Any]


def _left(mark: UUID | None) -> UUID:
    """The mark that an earlier step left. Raises ``RuntimeError`` if the steps were not done in their order."""
    if mark is None:
        raise RuntimeError("A step of the opening came before the one that it needs.")
    return mark


@action()
def open_tenant(*, signup_id: UUID, account: Any, opened: Any = None) -> Any:
    """Registry, schema and address, for whoever confirmed the mail's address. Returns the tenant if it is new.

    Raises ``Invalid`` (slug) if the address went to somebody else, ``NotFound`` for what was given up meanwhile. The
    schema is the company's for good before anything of the company is written into it.
    """
    found = queries.locked(signup_id)
    if found.tenant_id is not None:
        return None
    if found.dropped_at is not None:
        raise NotFound
    if not found.holds:
        # Two cannot hold one address: the index sees to that.
        actions.check_held(found.slug, but=found.id)
    tenant = tenants.open_tenant(
        slug=found.slug,
        name=found.company,
        language=found.language,
        zone=found.zone,
        currency=found.currency,
    )
    found.tenant_id, found.account_id = tenant.id, found.account_id or account.pk
    found.save(update_fields=["tenant_id", "account_id"])
    return tenant


@action()
def move_in(*, signup_id: UUID, account: Any, opened: Any = None) -> Any:
    """Furniture, the lease, the owner's list of workspaces; from now on the workspace answers. Returns the tenant.

    The furniture is committed first, on the company's side; putting it there again changes nothing. ``opened`` is
    the tenant if the step before has just made it.
    """
    found = queries.locked(signup_id)
    if found.done_at is not None:
        return tenants.tenant(_left(found.tenant_id))
    if found.member_id is None:
        found.member_id = _furnish(found, account, opened)
    tenant_id = _left(found.tenant_id)
    if found.leased_at is None:
        billing.start(tenant_id)
    if found.joined_at is None:
        tenants.join(tenant_id=tenant_id, account_id=account.pk, member_id=found.member_id)
    tenant = tenants.activate(tenant_id=tenant_id)
    found.done_at, found.holds = now(), False
    found.leased_at, found.joined_at = found.leased_at or found.done_at, found.joined_at or found.done_at
    found.save(update_fields=[*MARKS, "done_at", "holds"])
    return tenant


def _furnish(found: Signup, account: Any, opened: Any) -> UUID:
    """Roles, pipeline, views, and the owner as the first member; returns the member's id."""
    tenant = opened or tenants.tenant(_left(found.tenant_id))
    # A company that is not served yet has the address that it asked for, and no other.
    with tenants.inside(tenant, at=tenants.host_of(tenant.slug), cause="page", language=found.language):
        owner = seed(
            language=found.language,
            owner={"account_id": account.pk, "name": identity.name_of(account), "email": account.email},
        )
    return owner.id


STEPS: tuple[Step, ...] = (open_tenant, move_in)


def go_on(*, signup_id: UUID, account: Any) -> Any:
    """Do what is left of the steps; returns the tenant, ready to be entered."""
    last = None
    for step in STEPS:
        last = step(signup_id=signup_id, account=account, opened=last)
    return last
