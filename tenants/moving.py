"""A company moves to another installation: held still while it is copied, sent on, its address kept for its return.

The move itself is the full export of one installation taken in by another (``onboarding.moving``).
"""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, Invalid, Unavailable
from kernel.jobs import relay
from kernel.when import now
from tenants import bulletin, leaving, reserved
from tenants.backups.models import Departure, Tombstone
from tenants.console import maintenance
from tenants.models import Maintenance, Tenant

# Jobs that run when the company is to stand still have so many seconds to end.
PATIENCE_SECONDS = 120


def hold_still(tenant: Tenant, *, reason: str, minutes: float, patience: float = PATIENCE_SECONDS) -> bool:
    """From now on nothing changes in a workspace: its pages only show, its jobs wait. Repeating it is harmless.

    ``minutes`` is the time that its people are told. True if this began it, False if the workspace stood
    still already. Raises ``Conflict`` for a workspace that is closed for other work, ``Unavailable`` if its
    running jobs do not end; it is served as before then.
    """
    found = maintenance.of_tenant(tenant)
    if found is not None and found.mode != Maintenance.Mode.READ_ONLY:
        raise Conflict(_("There is maintenance already. End it first."))
    begun = found is None
    if begun:
        until = now() + timedelta(minutes=minutes)
        maintenance.begin(mode="readonly", reason=reason, until=until, tenant_id=tenant.id)
    # Every process has read the bulletin anew by then, and requests that had begun before are over.
    time.sleep(bulletin.FRESH_SECONDS + 1)
    ends = time.monotonic() + patience
    while relay.running_of(tenant.schema_name):
        if time.monotonic() > ends:
            if begun:
                go_on(tenant)
            raise Unavailable(_("Background work of this workspace is still running. Try again later."))
        time.sleep(0.5)
    return begun


def go_on(tenant: Tenant) -> None:
    """The workspace is served as before; its jobs go on."""
    found = maintenance.of_tenant(tenant)
    if found is not None:
        maintenance.end(id=found.id)


def send_on(tenant: Tenant, *, to: str, reason: str) -> Departure:
    """Close a workspace that lives elsewhere now: its old address names the new one until the erasure.

    Raises ``Invalid`` for anything but an https address, and what ``leaving.start`` raises.
    """
    try:
        URLValidator(schemes=["https"])(to)
    except ValidationError as error:
        raise Invalid(_("Give the new home as an address that begins with https://.")) from error
    with transaction.atomic(using="default"):
        found = leaving.start(tenant_id=tenant.id, by="platform", reason=reason, moved_to=to)
        go_on(tenant)
    return found


def destination(tenant_id: UUID) -> str:
    """Where a company has moved to, or an empty text."""
    found = leaving.open_departure(tenant_id)
    return found.moved_to if found is not None else ""


def release_address(host: str) -> bool:
    """Let a company that returns have its former address again; True if it had been kept from everybody."""
    return bool(Tombstone.objects.filter(digest__in=reserved.digests_of(host)).delete()[0])
