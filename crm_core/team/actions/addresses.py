"""Where the workspace answers: domains of the company's own, and which address links lead to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.team.actions.rights import MANAGE
from kernel import context
from kernel.actions import action
from kernel.errors import TooMany
from kernel.rights import Actor, demand, demand_writable
from kernel.when import now
from tenants import api as tenants

# The DNS is asked about one domain at most once in so long: it remembers its answers longer than that.
PAUSE = timedelta(seconds=5)


@action(MANAGE)
def add_domain(*, by: Actor, name: str) -> Any:
    """Ask for a domain of one's own; it answers once it is proved. Raises ``Invalid`` (domain)."""
    made = tenants.add_domain(tenant_id=context.tenant().id, name=name, by=getattr(by, "email", ""))
    record("team.domain_added", by=by, domain=made.host)
    return made


def check_domain(*, by: Actor, id: UUID) -> Any:
    """Ask the DNS now and keep what it says; takes seconds where it does not answer.

    Raises ``NotFound``, ``TooMany`` within five seconds.
    """
    demand_writable()
    demand(by, MANAGE)
    domain = tenants.domain_of(context.tenant().id, id).domain
    if domain.checked_at is not None and now() - domain.checked_at < PAUSE:
        raise TooMany(_("The DNS has just been asked. Please wait a few seconds."), retry_after=5)
    # No transaction is open while the DNS takes its time.
    return _keep(by=by, id=id, answers=tenants.ask_dns(domain.host, domain.token), before=domain.verified_at)


@action(MANAGE)
def _keep(*, by: Actor, id: UUID, answers: Any, before: Any) -> Any:
    domain = tenants.note_domain(tenant_id=context.tenant().id, domain_id=id, found=answers)
    if domain.verified_at is not None and before is None:
        record("team.domain_proved", by=by, domain=domain.host)
    return domain


@action(MANAGE)
def make_primary(*, by: Actor, id: UUID | None) -> str:
    """Let links and the way in lead to a domain (None: to the workspace's own subdomain). Raises ``Conflict``."""
    host = tenants.make_primary_domain(tenant_id=context.tenant().id, domain_id=id)
    record("team.address_chosen", by=by, domain=host)
    return str(host)


@action(MANAGE)
def remove_domain(*, by: Actor, id: UUID) -> str:
    """Take a domain away; the workspace no longer answers there. Raises ``NotFound``."""
    host = tenants.remove_domain(tenant_id=context.tenant().id, domain_id=id)
    record("team.domain_removed", by=by, domain=host)
    return str(host)
