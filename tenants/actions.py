"""Opening, suspending, resuming and closing tenants. Every step is repeatable and leaves a trace."""

from __future__ import annotations

import re
import shutil
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kernel import storage
from kernel.actions import action, after_commit, after_commit_once
from kernel.errors import Conflict, Invalid, NotFound, Unavailable
from kernel.ids import opaque_name
from kernel.jobs import relay
from kernel.jobs.broker import hurry, nudge
from kernel.when import now
from tenants import directory, hearing, metering, registering, schemas
from tenants.console.acts import demand_reason, note
from tenants.models import Address, Blank, Blueprint, Maintenance, Membership, Meter, Tenant, Touched

SLUG = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")

# Names that the platform keeps, and names that would mislead people who see them.
RESERVED = frozenset(
    [
        "account",
        "accounts",
        "admin",
        "api",
        "app",
        "apps",
        "assets",
        "auth",
        "billing",
        "blog",
        "cdn",
        "console",
        "dashboard",
        "dev",
        "docs",
        "edge",
        "email",
        "enter",
        "ftp",
        "gallery",
        "health",
        "help",
        "imap",
        "internal",
        "jobs",
        "login",
        "mail",
        "mailbox",
        "media",
        "mx",
        "ns",
        "ns1",
        "ns2",
        "operator",
        "operators",
        "pay",
        "payments",
        "pop",
        "portal",
        "postmaster",
        "preview",
        "root",
        "secure",
        "security",
        "signin",
        "signup",
        "smtp",
        "staff",
        "staging",
        "static",
        "status",
        "support",
        "system",
        "terem",
        "test",
        "vpn",
        "webhooks",
        "workspace",
        "workspaces",
        "www",
    ]
)


def check_slug(slug: str) -> None:
    """Raise ``Invalid`` with a sentence if the address cannot be had (form, reserved, taken)."""
    _check_form(slug)
    if Tenant.objects.filter(slug=slug).exists() or Address.objects.filter(host=host_of(slug)).exists():
        raise Invalid(slug=_("This address is taken. Please choose another."))


def _check_form(slug: str) -> None:
    """The same but for addresses that somebody has now: the registry's own constraints tell of those."""
    if not 3 <= len(slug) <= 40 or not SLUG.match(slug) or "--" in slug:
        raise Invalid(slug=_("Use 3 to 40 Latin letters, digits and single hyphens."))
    if slug in RESERVED:
        raise Invalid(slug=_("This address is reserved. Please choose another."))
    from tenants.reserved import is_kept

    if is_kept(host_of(slug)):
        raise Invalid(slug=_("This address is taken. Please choose another."))


def host_of(slug: str) -> str:
    return f"{slug}.{settings.TEREM_DOMAIN}"


# The keeper's turn in the schedule.
KEEPING = "config.keep_reserve"


def claim_schema() -> tuple[str, str]:
    """A blank schema of this release: from the reserve, else made on the spot. Returns name and release.

    The claim joins the caller's transaction: if that fails, the blank is still there. Raises ``Unavailable``
    where the reserve is used up and this process may not make schemas; the keeper is woken.
    """
    release = schemas.current_release()
    return registering.claim(release) or _made_now(), release


def _made_now() -> str:
    if not settings.TEREM_OWNER_DB:
        hurry(KEEPING, "owner")
        raise Unavailable(_("The room for your workspace is just being made."), retry_after=1)
    return make_schema()


def make_schema() -> str:
    """Make a blank schema now by the blueprint of this release; returns its name."""
    blueprint = Blueprint.objects.get(release=schemas.current_release())
    name = opaque_name("t_")
    with schemas.owner() as connection:
        schemas.replay(connection, blueprint, name)
        schemas.settle(connection, name)
    return name


@action()
def open_tenant(*, slug: str, name: str, language: str, zone: str, currency: str) -> Tenant:
    """Give a company its workspace: registry row, schema, address. It is not served before ``activate``.

    Raises ``Invalid`` for an address that cannot be had, also if two ask for it at once.
    """
    _check_form(slug)
    tenant = Tenant(
        slug=slug,
        name=name,
        release=schemas.current_release(),
        language=language,
        zone=zone,
        currency=currency,
    )
    try:
        address = Address(tenant=tenant, host=host_of(slug), verified_at=now())
        if not registering.write(tenant, address):
            # A schema that is made for the occasion would stay: not for an address that somebody has.
            check_slug(slug)
            tenant.schema_name = _made_now()
            tenant.save(force_insert=True)
            address.save(force_insert=True)
    except IntegrityError as error:
        # Whoever asked is refused with this whole transaction.
        raise Invalid(slug=_("This address is taken. Please choose another.")) from error
    return tenant


def _change(tenant_id: UUID, **changes: Any) -> Tenant:
    tenant = registering.change(tenant_id, changes)
    after_commit_once(directory.forget, tenant, alias="default")
    return tenant


@action()
def set_status(*, tenant_id: UUID, status: str) -> Tenant:
    """Another state of a workspace, for the modules of this room."""
    return _change(tenant_id, status=status, reason="")


@action()
def activate(*, tenant_id: UUID) -> Tenant:
    """The workspace is ready: serve it. Repeating it changes nothing."""
    return _change(tenant_id, status=Tenant.Status.ACTIVE, opened_at=now())


@action()
def suspend(*, tenant_id: UUID, reason: str, by: Any = None) -> Tenant:
    """Stop serving a workspace; its data stays, its jobs wait. Raises ``Conflict`` unless it is active."""
    tenant = _locked(tenant_id)
    if tenant.status != Tenant.Status.ACTIVE:
        raise Conflict(_("This workspace is not active."))
    words = demand_reason(reason)
    tenant = _change(tenant_id, status=Tenant.Status.SUSPENDED, reason=words)
    note(tenant, by, "suspend", words)
    return tenant


@action()
def resume(*, tenant_id: UUID, reason: str = "", by: Any = None) -> Tenant:
    """Serve a suspended workspace again and let its parked jobs run."""
    tenant = _locked(tenant_id)
    if tenant.status != Tenant.Status.SUSPENDED:
        raise Conflict(_("This workspace is not suspended."))
    tenant = _change(tenant_id, status=Tenant.Status.ACTIVE, reason="")
    note(tenant, by, "resume", reason)
    if relay.unpark(tenant.schema_name):
        after_commit(nudge, "tenant", alias="default")
    return tenant


def _locked(tenant_id: UUID) -> Tenant:
    tenant = Tenant.objects.select_for_update().filter(id=tenant_id).first()
    if tenant is None:
        raise NotFound
    return tenant


def close(*, tenant_id: UUID, reason: str, by: Any = None) -> Tenant:
    """Close a workspace for good: nothing of it is served or kept but its tombstone.

    The registry goes first, so that a crash in between leaves a closed tenant
    whose schema the next call removes.
    """
    with transaction.atomic(using="default"):
        tenant = _locked(tenant_id)
        if tenant.status != Tenant.Status.CLOSED:
            note(tenant, by, "close", reason)
            hosts = [("host", host) for host in tenant.addresses.values_list("host", flat=True)]
            tenant.status = Tenant.Status.CLOSED
            tenant.closed_at = now()
            tenant.version += 1
            tenant.slug = f"closed-{tenant.id}"
            tenant.save()
            tenant.addresses.all().delete()
            tenant.domains.all().delete()
            Membership.objects.filter(tenant=tenant).delete()
            Meter.objects.filter(tenant=tenant).delete()
            metering.forget(tenant)
            Touched.objects.filter(tenant=tenant).delete()
            Maintenance.objects.filter(tenant=tenant).delete()
            relay.drop_all(tenant.schema_name)
            names = [("schema", tenant.schema_name), *hosts]
            after_commit(directory.forget_names, names, alias="default")
    schemas.drop(tenant.schema_name)
    shutil.rmtree(storage.folder_of(tenant.schema_name), ignore_errors=True)
    return tenant


@action()
def set_lease(*, tenant_id: UUID, lease: dict[str, Any]) -> Tenant:
    """Store what the tenant may do from now on; called by billing only."""
    return _change(tenant_id, lease=lease)


@action()
def rename(*, tenant_id: UUID, **changes: Any) -> Tenant:
    """Change what the workspace is called, its language, zone or currency."""
    unknown = set(changes) - {"name", "language", "zone", "currency"}
    if unknown:
        raise ValueError(f"Not a setting of a workspace: {', '.join(sorted(unknown))}")
    return _change(tenant_id, **changes)


@action()
def bump(*, tenant_id: UUID) -> Tenant:
    """Make every process read this tenant's directory entry anew (a session or membership ended)."""
    return _change(tenant_id)


@action()
def report_meter(*, tenant_id: UUID, name: str, value: int) -> None:
    """Store the latest value of a measured thing, for billing and operators."""
    _store_meters(tenant_id, {name: value})
    after_commit(hearing.tell_meter, tenant_id, name, alias="default")


@action()
def report_meters(*, tenant_id: UUID, values: dict[str, int]) -> None:
    """Store the latest values of several measured things at once; the tenant may have gone meanwhile."""
    _store_meters(tenant_id, values)


def _store_meters(tenant_id: UUID, values: dict[str, int]) -> None:
    moment = now()
    Meter.objects.bulk_create(
        [
            Meter(tenant_id=tenant_id, name=name, value=value, measured_at=moment)
            for name, value in values.items()
        ],
        update_conflicts=True,
        unique_fields=["tenant", "name"],
        update_fields=["value", "measured_at"],
    )


@action()
def join(*, tenant_id: UUID, account_id: int, member_id: UUID) -> None:
    """Note that an account belongs to a tenant; repeating it changes nothing."""
    Membership.objects.bulk_create(
        [Membership(tenant_id=tenant_id, account_id=account_id, member_id=member_id, active=True)],
        update_conflicts=True,
        unique_fields=["tenant", "account_id"],
        update_fields=["member_id", "active"],
    )


@action()
def part(*, tenant_id: UUID, account_id: int) -> None:
    """An account no longer belongs to a tenant; its sessions end within two seconds."""
    from tenants.examples import part_from_example

    Membership.objects.filter(tenant_id=tenant_id, account_id=account_id).update(active=False)
    _change(tenant_id)
    after_commit(part_from_example, tenant_id, account_id, alias="default")


def fill_reserve(wanted: int, most: int = 1_000) -> int:
    """Make blanks of this release until ``wanted`` are there, at most so many; returns how many were made."""
    made = 0
    release = schemas.current_release()
    while made < most and Blank.objects.filter(release=release).count() < wanted:
        name = make_schema()
        Blank.objects.create(schema_name=name, release=release)
        made += 1
    return made


def drop_stale_reserve() -> int:
    """Remove blanks of earlier releases; returns how many."""
    dropped = 0
    for name in list(
        Blank.objects.exclude(release=schemas.current_release()).values_list("schema_name", flat=True)
    ):
        with transaction.atomic(using="default"):
            taken = Blank.objects.select_for_update(skip_locked=True).filter(schema_name=name).first()
            if taken is not None:
                schemas.drop(name)
                taken.delete()
                dropped += 1
    return dropped
