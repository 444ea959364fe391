"""Leaving: a workspace is closed, waits through its days of grace, and is then erased with a certificate.

Every step can be repeated: a process that dies on the way leaves a departure that
the next run takes up again. The certificate names no person.
"""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import context, mail, signing
from kernel.actions import action, after_commit
from kernel.errors import Conflict, Invalid, NotFound, Unavailable
from kernel.jobs import relay
from kernel.jobs.broker import nudge
from kernel.when import now
from tenants import actions, erasing, hearing
from tenants.backups.composing import COMPOSED, Asker
from tenants.backups.models import Departure
from tenants.console import acts
from tenants.entering import inside
from tenants.models import Tenant

log = logging.getLogger("terem.leaving")

PURPOSE = "leaving"
# Days before the erasure on which the administrators get a letter.
REMINDERS = (14, 7, 1)


def open_departure(tenant_id: UUID) -> Departure | None:
    """The departure that is under way, if any."""
    return Departure.objects.filter(tenant_id=tenant_id, cancelled_at=None, erased_at=None).first()


def start(*, tenant_id: UUID, by: str, reason: str, moved_to: str = "") -> Departure:
    """Close a workspace and set the day of its erasure. Raises ``Conflict``, ``Invalid`` (reason), ``NotFound``.

    ``by`` is a name or an address, ``moved_to`` the address of its new home if it has one. The
    administrators are told by letter.
    """
    if not reason.strip():
        raise Invalid(reason=_("Say why: the workspace's people will ask."))
    tenant = Tenant.objects.originals().live().filter(id=tenant_id).first()
    if tenant is None:
        raise NotFound
    if tenant.status not in (Tenant.Status.ACTIVE, Tenant.Status.SUSPENDED):
        raise Conflict(_("This workspace is neither active nor suspended."))
    with inside(tenant, cause="operator"):
        contacts = [[visitor.email, visitor.language] for visitor in COMPOSED.visitors() if visitor.email]
    with transaction.atomic(using="default"):
        tenant = Tenant.objects.select_for_update().get(id=tenant_id)
        if open_departure(tenant_id) is not None:
            raise Conflict(_("This workspace is closed already."))
        found = Departure.objects.create(
            tenant=tenant,
            asked_by=by,
            reason=reason.strip(),
            moved_to=moved_to,
            contacts=contacts,
            erase_at=now() + timedelta(days=settings.TEREM_GRACE_DAYS),
        )
        for one in (tenant, *Tenant.objects.live().filter(copy_of=tenant)):
            actions.set_status(tenant_id=one.id, status=Tenant.Status.CLOSING)
        acts.note(tenant, Asker(by), "leaving", reason)
        after_commit(_letter, found, "closing", alias="default")
        after_commit(hearing.tell_departure, tenant_id, alias="default")
    return found


def cancel(*, tenant_id: UUID, by: str) -> Tenant:
    """The company stays: its workspace is served again and its waiting work goes on. Raises ``NotFound``."""
    with transaction.atomic(using="default"):
        tenant = Tenant.objects.select_for_update().filter(id=tenant_id, status=Tenant.Status.CLOSING).first()
        found = open_departure(tenant_id)
        if tenant is None or found is None:
            raise NotFound
        found.cancelled_at, found.contacts = now(), []
        found.save()
        acts.note(tenant, Asker(by), "staying", "")
        for copy in Tenant.objects.live().filter(copy_of=tenant):
            actions.set_status(tenant_id=copy.id, status=Tenant.Status.ACTIVE)
        tenant = actions.set_status(tenant_id=tenant_id, status=Tenant.Status.ACTIVE)
        if relay.unpark(tenant.schema_name):
            after_commit(nudge, "tenant", alias="default")
        after_commit(hearing.tell_departure, tenant_id, alias="default")
    return tenant


def token_of(found: Departure) -> str:
    """What the letters' link carries: whoever reads an administrator's letters may keep the workspace."""
    with context.enter(context.Context(cause="command")):
        # Signed for the public site, also when it is the workspace that closes itself.
        return signing.sign(PURPOSE, str(found.id))


def by_token(token: str) -> Departure:
    """The departure of a letter's link, over or not. Raises ``NotFound``; must be called on the public site."""
    value = signing.unsign(PURPOSE, token)
    found = Departure.objects.select_related("tenant").filter(id=value).first()
    if found is None:
        raise NotFound
    return found


def keep(token: str) -> Tenant:
    """Cancel by a letter's link. Raises ``NotFound`` once it is too late."""
    return cancel(tenant_id=by_token(token).tenant_id, by=str(_("an administrator, by the link of a letter")))


def _site(path: str = "") -> str:
    return f"{settings.TEREM_SCHEME}://{settings.TEREM_DOMAIN}{settings.TEREM_PORT_SUFFIX}/{path}"


def _letter(found: Departure, template: str, **more: Any) -> bool:
    """Tell every contact; False if the mail server refused one."""
    values = {
        "workspace": found.tenant.name,
        "erase_at": found.erase_at,
        "link": _site(f"leaving/{token_of(found)}/"),
        "site": _site(),
        "moved_to": found.moved_to,
        **more,
    }
    try:
        for email, language in found.contacts:
            mail.send(to=[email], template=f"tenants/mail/{template}", language=language, values=values)
    except OSError:
        log.exception("a letter of a departure was not sent")
        return False
    return True


def remind() -> int:
    """Send the letters that are due; each goes once. Returns how many departures were reminded of."""
    sent = 0
    for found in Departure.objects.filter(cancelled_at=None, erased_at=None).select_related("tenant"):
        left = (found.erase_at - now()) / timedelta(days=1)
        due = [days for days in REMINDERS if left <= days < settings.TEREM_GRACE_DAYS]
        if left > 0 and set(due) - set(found.reminded) and _letter(found, "reminder"):
            found.reminded = sorted({*found.reminded, *due})
            found.save(update_fields=["reminded"])
            sent += 1
    return sent


def erase_due(moment: datetime | None = None) -> int:
    """Erase the workspaces whose days of grace are over; returns how many.

    One that cannot be erased now, since somebody outside does not answer, is tried again the next time.
    """
    over = Departure.objects.filter(cancelled_at=None, erased_at=None, erase_at__lte=moment or now())
    done = 0
    for found in list(over.select_related("tenant")):
        try:
            erase(found)
        except Unavailable as error:
            log.warning("workspace %s is not erased yet: %s", found.tenant_id, error)
        else:
            done += 1
    return done


def erase(found: Departure) -> Departure:
    """Erase one workspace now, write its certificate and send it. The letter is made before the name is gone."""
    name = found.tenant.name
    stores = erasing.everything(found.tenant)
    found.refresh_from_db()
    found.erased_at = now()
    found.certificate = certify(found, stores)
    found.reason = ""
    found.save()
    found.tenant.name = name
    text = json.dumps(found.certificate, indent=1, ensure_ascii=False)
    if _letter(found, "erased", certificate=found.certificate, text=text):
        Departure.objects.filter(id=found.id).update(sent_at=now(), contacts=[])
    return found


def send_certificates() -> int:
    """Send the certificates that a mail server refused; the addresses are forgotten with the sending."""
    sent = 0
    for found in Departure.objects.exclude(erased_at=None).filter(sent_at=None).select_related("tenant"):
        text = json.dumps(found.certificate, indent=1, ensure_ascii=False)
        if _letter(found, "erased", certificate=found.certificate, text=text):
            Departure.objects.filter(id=found.id).update(sent_at=now(), contacts=[])
            sent += 1
    return sent


def certify(found: Departure, stores: list[dict[str, Any]]) -> dict[str, Any]:
    """What was erased, when, and when the last backup of the whole cluster is gone; with our signature."""
    erased_at = found.erased_at or now()
    gone = erased_at + timedelta(days=settings.TEREM_CLUSTER_BACKUP_DAYS)
    values = {
        "platform": settings.TEREM_DOMAIN,
        "workspace": str(found.tenant_id),
        "asked_at": found.asked_at.isoformat(),
        "erased_at": erased_at.isoformat(),
        "stores": stores,
        "snapshots": "The key is destroyed and the files are removed: no snapshot can be read any more.",
        "cluster_backups_gone_on": gone.date().isoformat(),
        "accounts": "People's own sign-in accounts are theirs and stay until they remove them.",
    }
    return {**values, "signature": signing.sign("certificate", _digest(values))}


def verify(certificate: dict[str, Any]) -> bool:
    """Whether this platform wrote exactly this certificate. Outside any tenant's context.

    A signature of a former key that is gone counts as long as our own copy, signed anew since, says the same.
    """
    if _is_signed(certificate):
        return True
    told = str(certificate.get("workspace", ""))
    ours = [one for one in _certificates() if one.certificate.get("workspace") == told]
    return any(_is_signed(one.certificate) and _plain(one.certificate) == _plain(certificate) for one in ours)


def _certificates() -> list[Departure]:
    return list(Departure.objects.exclude(certificate={}))


def _plain(certificate: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in certificate.items() if name != "signature"}


def _is_signed(certificate: dict[str, Any]) -> bool:
    try:
        told = signing.unsign("certificate", str(certificate.get("signature", "")))
    except NotFound:
        return False
    return bool(told == _digest(_plain(certificate)))


@action()
def reseal() -> int:
    """Sign our copies of certificates with the present signing key; returns how many. Outside any tenant's context."""
    changed = 0
    for found in _certificates():
        anew = signing.signed_anew("certificate", str(found.certificate.get("signature", "")))
        if anew and _is_signed(found.certificate):
            found.certificate = {**found.certificate, "signature": anew}
            found.save(update_fields=["certificate"])
            changed += 1
    return changed


def _digest(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
