"""A company's own domains: asked for, proved, put in front, taken away.

The workspace's own subdomain always answers; an own domain answers beside it while an
``Address`` of it stands. Whoever proves a name first has it: the address is unique.
"""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kernel.actions import action, after_commit
from kernel.errors import Conflict, Invalid, NotFound
from kernel.when import now
from tenants import actions, directory
from tenants.console.acts import demand_reason, note
from tenants.domains import naming
from tenants.domains.asking import Found
from tenants.domains.models import Domain
from tenants.models import Address, Tenant

MOST = 10
Answer = Domain.Answer


@action()
def add(*, tenant_id: UUID, name: str, by: str) -> Domain:
    """Ask for a domain; nothing answers there before it is proved. ``by`` is an e-mail address.

    Raises ``Invalid`` (domain) for a name that cannot be had; it never says whose it is.
    """
    host = naming.read(name)
    tenant = Tenant.objects.select_for_update().filter(id=tenant_id).first()
    if tenant is None or tenant.status == Tenant.Status.CLOSED:
        raise NotFound
    if tenant.copy_of_id is not None:
        raise Invalid(_("This is a copy: its domains are set in the workspace itself."))
    if tenant.domains.filter(host=host).exists():
        raise Invalid(domain=_("This domain is in the list already."))
    if Address.objects.filter(host=host).exists():
        raise Invalid(domain=_("This domain is in use already and cannot be added here."))
    if tenant.domains.count() >= MOST:
        raise Invalid(_("A workspace has %(most)s domains at most. Take one away first."), most=MOST)
    return Domain.objects.create(tenant=tenant, host=host, token=secrets.token_hex(16), added_by=by[:254])


def locked(tenant_id: UUID, domain_id: UUID) -> Domain:
    """One domain of a tenant for changing, inside a transaction. Raises ``NotFound``."""
    found = Domain.objects.select_for_update().filter(id=domain_id, tenant_id=tenant_id).first()
    if found is None:
        raise NotFound
    return found


@action()
def note_answers(*, tenant_id: UUID, domain_id: UUID, found: Found) -> Domain:
    """Keep what the DNS said. A proved domain goes into service; one that fails is marked since when.

    Silence changes nothing: an outage of a resolver proves nothing against a company.
    """
    domain = locked(tenant_id, domain_id)
    moment = now()
    domain.proof, domain.pointing, domain.checked_at = found.proof, found.pointing, moment
    domain.seen, domain.pointed_at = found.seen, found.pointed_at
    if found.proof == Answer.FOUND and domain.verified_at is None:
        _put_into_service(domain)
    if domain.verified_at is not None and fails(domain):
        domain.failing_since = domain.failing_since or moment
    elif found.proof == Answer.FOUND and found.pointing != Answer.SILENT:
        domain.failing_since = domain.warned_at = None
    domain.save()
    return domain


def fails(domain: Domain) -> bool:
    """Whether a domain in service has lost what it needs: its proof, or as the primary address its way here."""
    gone = (Answer.WRONG, Answer.MISSING)
    return domain.proof in gone or (domain.pointing in gone and is_primary(domain))


def is_primary(domain: Domain) -> bool:
    """Whether links lead to this domain."""
    return Address.objects.filter(tenant_id=domain.tenant_id, host=domain.host, primary=True).exists()


def _put_into_service(domain: Domain) -> None:
    moment = now()
    try:
        with transaction.atomic(using="default"):
            Address.objects.create(
                tenant_id=domain.tenant_id,
                host=domain.host,
                kind=Address.Kind.CUSTOM,
                primary=False,
                verified_at=moment,
            )
    except IntegrityError:
        # Proved by somebody else before, and still in service there.
        domain.proof = Answer.TAKEN
        return
    domain.verified_at, domain.out_at = moment, None
    actions.bump(tenant_id=domain.tenant_id)


@action()
def make_primary(*, tenant_id: UUID, domain_id: UUID | None) -> str:
    """Let links and the way in lead to a domain (None: to the workspace's own subdomain). Returns the host.

    Raises ``Conflict`` for a domain that is not proved or did not lead here when it was last asked.
    """
    host = _subdomain(tenant_id).host
    if domain_id is not None:
        domain = locked(tenant_id, domain_id)
        if domain.verified_at is None or domain.pointing != Answer.FOUND:
            raise Conflict(_("This domain does not lead here yet. Check it first."))
        host = domain.host
    _set_primary(tenant_id, host)
    return host


def _subdomain(tenant_id: UUID) -> Address:
    found = Address.objects.filter(tenant_id=tenant_id, kind=Address.Kind.SUBDOMAIN).first()
    if found is None:
        raise NotFound
    return found


def _set_primary(tenant_id: UUID, host: str) -> None:
    mine = Address.objects.select_for_update().filter(tenant_id=tenant_id)
    list(mine.order_by("id"))
    # One primary address at every statement: first none, then the new one.
    mine.filter(primary=True).update(primary=False)
    mine.filter(host=host).update(primary=True)
    actions.bump(tenant_id=tenant_id)


@action()
def remove(*, tenant_id: UUID, domain_id: UUID) -> str:
    """Forget a domain; the workspace no longer answers there. Returns its host."""
    domain = locked(tenant_id, domain_id)
    _take_address(domain)
    host = domain.host
    domain.delete()
    return host


def _take_address(domain: Domain) -> None:
    address = Address.objects.filter(
        tenant_id=domain.tenant_id, host=domain.host, kind=Address.Kind.CUSTOM
    ).first()
    if address is None:
        return
    if address.primary:
        _set_primary(domain.tenant_id, _subdomain(domain.tenant_id).host)
    address.delete()
    actions.bump(tenant_id=domain.tenant_id)
    after_commit(directory.forget_names, [("host", domain.host)], alias="default")


@action()
def take_out(*, tenant_id: UUID, domain_id: UUID) -> Domain:
    """Take a domain out of service; the claim stays, and proving it again brings it back."""
    domain = locked(tenant_id, domain_id)
    _take_address(domain)
    domain.verified_at = domain.failing_since = domain.warned_at = None
    domain.out_at = now()
    domain.save()
    note(domain.tenant, None, "domain_out", naming.shown(domain.host), host=domain.host)
    return domain


@action()
def withdraw(*, tenant_id: UUID, domain_id: UUID, reason: str, by: Any = None) -> str:
    """An operator takes a domain away, with a reason. Returns its host."""
    words = demand_reason(reason)
    tenant = Tenant.objects.get(id=tenant_id)
    host = remove(tenant_id=tenant_id, domain_id=domain_id)
    note(tenant, by, "domain_withdrawn", f"{naming.shown(host)}: {words}", host=host)
    return host
