"""Asking again every night: a domain that was lost is warned of, and after some days taken out of service."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings

from kernel import mail
from kernel.when import now
from tenants.actions import host_of
from tenants.backups.composing import COMPOSED
from tenants.console import acts
from tenants.domains import asking, naming, owning
from tenants.domains.models import Domain
from tenants.domains.queries import Shown
from tenants.entering import inside
from tenants.models import Tenant

log = logging.getLogger("terem.domains")

# A claim that nobody proves is asked about for so long, and then only when somebody presses the button.
PATIENCE = timedelta(days=30)


def recheck(tenant: Tenant) -> int:
    """Ask the DNS about the domains of one company; returns how many. Must not run inside a transaction."""
    asked = 0
    for domain in Domain.objects.filter(tenant=tenant).order_by("added_at"):
        if domain.verified_at is None and now() - (domain.out_at or domain.added_at) > PATIENCE:
            continue
        _recheck(tenant, domain)
        asked += 1
    return asked


def _recheck(tenant: Tenant, domain: Domain) -> None:
    answers = asking.ask(domain.host, domain.token)
    was_served = domain.verified_at is not None
    found = owning.note_answers(tenant_id=tenant.id, domain_id=domain.id, found=answers)
    if found.verified_at is not None and not was_served:
        acts.note(tenant, None, "domain_found", naming.shown(found.host), host=found.host)
    if found.failing_since is None or not owning.fails(found):
        return
    if now() - found.failing_since >= timedelta(days=settings.TEREM_DOMAIN_DAYS):
        owning.take_out(tenant_id=tenant.id, domain_id=found.id)
        _letter(tenant, found, "domain_out")
    elif found.warned_at is None:
        acts.note(tenant, None, "domain_failing", naming.shown(found.host), host=found.host)
        if _letter(tenant, found, "domain_failing"):
            Domain.objects.filter(id=found.id).update(warned_at=now())


def _letter(tenant: Tenant, domain: Domain, template: str) -> bool:
    """One letter to each administrator; False if the mail server refused one."""
    shown = Shown(domain, primary=False)
    # The own subdomain answers whatever has become of the domain.
    sure = f"{settings.TEREM_SCHEME}://{host_of(tenant.slug)}{settings.TEREM_PORT_SUFFIX}"
    values = {
        "workspace": tenant.name,
        "domain": shown.name,
        "ends_at": shown.ends_at,
        "link": f"{sure}/settings/address/",
    }
    with inside(tenant, cause="job"):
        people = [person for person in COMPOSED.visitors() if person.email]
        try:
            for person in people:
                mail.send(
                    to=[person.email],
                    template=f"tenants/mail/{template}",
                    language=person.language,
                    values=values,
                )
        except OSError:
            log.exception("a letter about a domain was not sent")
            return False
    return True
