"""Opening a workspace: six steps, each its own transaction, each done once however often it is begun.

A step locks the signup's row, looks whether its mark is there, acts, and leaves the mark. A crash
between two steps, or between an act and its mark, is mended by simply beginning again: the acts
themselves can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from billing import api as billing
from crm_core.setup.actions import seed
from identity import api as identity
from kernel.actions import action
from kernel.when import now
from onboarding import actions
from onboarding.models import Signup
from tenants import api as tenants

Step = Callable[..., None]


def _locked(signup_id: UUID) -> Signup:
    return Signup.objects.select_for_update().get(id=signup_id)


def _left(mark: UUID | None) -> UUID:
    """The mark that an earlier step left. Raises ``RuntimeError`` if the steps were not done in their order."""
    if mark is None:
        raise RuntimeError("A step of the opening came before the one that it needs.")
    return mark


@action()
def claim_account(*, signup_id: UUID, account: Any) -> None:
    """The signup belongs to whoever confirmed its address."""
    found = _locked(signup_id)
    if found.account_id is None:
        found.account_id = account.pk
        found.save(update_fields=["account_id"])


@action()
def open_tenant(*, signup_id: UUID, account: Any) -> None:
    """Registry, schema and address. Raises ``Invalid`` (slug) if the address went to somebody else."""
    found = _locked(signup_id)
    if found.tenant_id is None:
        actions.check_address(found.slug, but=found.id)
        tenant = tenants.open_tenant(
            slug=found.slug,
            name=found.company,
            language=found.language,
            zone=found.zone,
            currency=found.currency,
        )
        found.tenant_id = tenant.id
        found.save(update_fields=["tenant_id"])


@action()
def furnish(*, signup_id: UUID, account: Any) -> None:
    """Roles, pipeline, views, and the owner as the first member."""
    found = _locked(signup_id)
    if found.member_id is None:
        tenant = tenants.tenant(_left(found.tenant_id))
        with tenants.inside(tenant, cause="page", language=found.language):
            owner = seed(
                language=found.language,
                owner={"account_id": account.pk, "name": identity.name_of(account), "email": account.email},
            )
        found.member_id = owner.id
        found.save(update_fields=["member_id"])


@action()
def start_lease(*, signup_id: UUID, account: Any) -> None:
    """What the company may do."""
    found = _locked(signup_id)
    if found.leased_at is None:
        billing.start(_left(found.tenant_id))
        found.leased_at = now()
        found.save(update_fields=["leased_at"])


@action()
def join_owner(*, signup_id: UUID, account: Any) -> None:
    """The owner finds the workspace among their own."""
    found = _locked(signup_id)
    if found.joined_at is None:
        tenants.join(
            tenant_id=_left(found.tenant_id), account_id=account.pk, member_id=_left(found.member_id)
        )
        found.joined_at = now()
        found.save(update_fields=["joined_at"])


@action()
def activate(*, signup_id: UUID, account: Any) -> None:
    """From now on the workspace answers under its address."""
    found = _locked(signup_id)
    if found.done_at is None:
        tenants.activate(tenant_id=_left(found.tenant_id))
        found.done_at, found.holds = now(), False
        found.save(update_fields=["done_at", "holds"])


STEPS: tuple[Step, ...] = (claim_account, open_tenant, furnish, start_lease, join_owner, activate)


def go_on(*, signup_id: UUID, account: Any) -> Any:
    """Do what is left of the steps; returns the tenant, ready to be entered."""
    for step in STEPS:
        step(signup_id=signup_id, account=account)
    found = Signup.objects.get(id=signup_id)
    return tenants.tenant(_left(found.tenant_id))
