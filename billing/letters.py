"""Letters of a subscription's life, each about one fact and to every administrator once.

A fact has a row of its own, written in the transaction that learned of it; the row's key makes a second one
impossible. Sending takes the row's turn first, then each address: it is noted as told before its letter goes,
and taken back only if the mail server refuses. So a process that dies on the way never makes anybody read twice.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from billing import catalog
from billing.leasing import Lease
from billing.models import Customer, Invoice, Letter, Subscription
from kernel import mail
from kernel.actions import action
from kernel.money import format_money
from kernel.when import format_when, now
from tenants import api as tenants

log = logging.getLogger("terem.billing")

# Days before the end of a trial on which the administrators get a letter; one before a workspace is read only.
TRIAL_DAYS: Final = (3, 1)
GRACE_DAYS: Final = 3
PAUSE: Final = timedelta(minutes=10)
# A letter that nobody could be told of for so long is old news.
GIVEN_UP: Final = timedelta(days=3)
_TROUBLE: Final = ("read-only", "suspended")


def claim(customer: Customer, kind: str, fact: str, **values: Any) -> bool:
    """Have a letter about a fact sent, in the present transaction; false if there was one already."""
    _letter, made = Letter.objects.get_or_create(
        customer=customer, kind=kind, fact=fact[:120], defaults={"values": values}
    )
    return made


def about_lease(customer: Customer, before: dict[str, Any], after: Lease, fact: str) -> None:
    """The letter about a change of the lease: reading only, suspended, or open again."""
    was, status = before.get("status", ""), after["status"]
    if status in _TROUBLE and status != was:
        claim(customer, status, fact)
    elif was in _TROUBLE and status not in _TROUBLE:
        claim(customer, "reactivated", fact)


def about_subscription(customer: Customer) -> None:
    """The letters about what the provider has just told: payments that failed, a plan that ends."""
    found = Subscription.objects.filter(customer=customer).exclude(reference="").first()
    if found is None:
        return
    if found.state in ("past_due", "unpaid"):
        for bill in customer.invoices.filter(status=Invoice.Status.OPEN):
            claim(
                customer, "payment_failed", bill.reference,
                number=bill.number, due=bill.due - bill.paid, currency=bill.currency, page=bill.page,
            )  # fmt: skip
    if found.ends and (found.cancels or found.state == "canceled"):
        claim(customer, "cancelled", f"{found.reference} {found.ends:%Y-%m-%d}", ends=found.ends.isoformat())


@action()
def watch() -> int:
    """Write down the letters whose day has come: a trial or the grace ends soon. Returns how many."""
    return sum(claim(*told[:3], **told[3]) for told in (*_trials(), *_graces()))


def _trials() -> Iterator[tuple[Customer, str, str, dict[str, Any]]]:
    soon = now() + timedelta(days=max(TRIAL_DAYS))
    rows = Subscription.objects.filter(state="trial", ends__gt=now(), ends__lte=soon).select_related(
        "customer"
    )
    for one in rows:
        ends = one.ends or now()
        days = min(days for days in TRIAL_DAYS if ends - now() <= timedelta(days=days))
        values = {"ends": ends.isoformat(), "bought": bool(one.reference)}
        yield one.customer, "trial_ends", f"{ends:%Y-%m-%d} {days}", values


def _graces() -> Iterator[tuple[Customer, str, str, dict[str, Any]]]:
    soon = now() + timedelta(days=GRACE_DAYS)
    for one in Customer.objects.filter(lease_until__gt=now(), lease_until__lte=soon):
        lease = tenants.tenant(one.tenant_id).lease
        if lease.get("status") == "grace" and one.lease_until is not None:
            ends = one.lease_until.isoformat()
            yield one, "grace_ends", ends[:10], {"ends": ends}


def send_due() -> int:
    """Send the letters whose turn it is; returns how many are done."""
    ids = (
        Letter.objects.filter(sent_at=None, due_at__lte=now()).order_by("due_at").values_list("id", flat=True)
    )
    return sum(send(letter_id=one) for one in list(ids[:200]))


def send(*, letter_id: int) -> bool:
    """Send one letter to everybody who has not been told yet; true once it is done."""
    letter = take(letter_id=letter_id)
    if letter is None:
        return False
    tenant = tenants.tenant(letter.customer.tenant_id)
    if tenant.status not in (tenants.Tenant.Status.ACTIVE, tenants.Tenant.Status.SUSPENDED):
        return finish(letter_id=letter.id)
    reached = True
    for person in tenants.administrators(tenant):
        if person.email in letter.told or not note(letter_id=letter.id, email=person.email):
            continue
        try:
            _send(letter, tenant, person)
        except OSError:
            log.exception("a letter about a subscription was not sent")
            note(letter_id=letter.id, email=person.email, back=True)
            reached = False
    return finish(letter_id=letter.id) if reached or letter.made_at < now() - GIVEN_UP else False


@action()
def take(*, letter_id: int) -> Letter | None:
    """Take a letter whose turn it is; nobody else gets it before its next turn."""
    rows = Letter.objects.select_for_update(skip_locked=True, of=("self",)).select_related("customer")
    letter = rows.filter(id=letter_id, sent_at=None, due_at__lte=now()).first()
    if letter is not None:
        letter.attempts += 1
        letter.due_at = now() + PAUSE * letter.attempts
        letter.save(update_fields=["attempts", "due_at"])
    return letter


@action()
def note(*, letter_id: int, email: str, back: bool = False) -> bool:
    """Note an address as told, before its letter goes, or take it back; false if it was told already."""
    letter = Letter.objects.select_for_update().get(id=letter_id)
    if (email in letter.told) != back:
        return False
    letter.told = [one for one in letter.told if one != email] if back else [*letter.told, email]
    letter.save(update_fields=["told"])
    return True


@action()
def finish(*, letter_id: int) -> bool:
    """A letter is done; the addresses are not kept."""
    Letter.objects.filter(id=letter_id).update(sent_at=now(), told=[])
    return True


def _send(letter: Letter, tenant: Any, person: Any) -> None:
    with translation.override(person.language):
        values = _worded(letter.values, person.language, tenant.zone)
    base = f"{settings.TEREM_SCHEME}://{tenants.host_of(tenant.slug)}{settings.TEREM_PORT_SUFFIX}"
    values |= {
        "workspace": tenant.name,
        "link": base + reverse("billing:plan", urlconf="config.urls_workspace"),
        "usage": base + reverse("billing:usage", urlconf="config.urls_workspace"),
        "site": f"{settings.TEREM_SCHEME}://{settings.TEREM_DOMAIN}{settings.TEREM_PORT_SUFFIX}/",
    }
    name = letter.kind.replace("-", "_")
    mail.send(
        to=[person.email], template=f"billing/mail/{name}", language=person.language, values=values, counted=False
    )  # fmt: skip


def _worded(values: dict[str, Any], language: str, zone: str) -> dict[str, Any]:
    """The stored values as they are read: dates and amounts in the language and zone of the letter."""
    found = dict(values)
    if "ends" in found:
        ends = datetime.fromisoformat(found["ends"])
        found["ends"] = format_when(ends, language=language, zone=zone)
    if "due" in found:
        found["amount"] = format_money(found["due"], found["currency"], language, cents="always")
    if "meter" in found:
        found["words"] = str(catalog.METERS[found["meter"]].words)
    return found
