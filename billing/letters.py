"""Letters of a subscription's life, each about one fact and to every administrator once.

A fact has a row of its own, written in the transaction that learned of it; the row's key makes a second one
impossible. Sending takes the row's turn first, then each address: it is noted as told before its letter goes,
and taken back only if the mail server refuses. So a process that dies on the way never makes anybody read twice.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse
from django.utils import translation

from billing import catalog, queries
from billing.leasing import Lease, lease_of, trouble_of
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
_SERVED: Final = (tenants.Tenant.Status.ACTIVE, tenants.Tenant.Status.SUSPENDED)


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
    """Write down the letters whose day has come: a trial, the grace or reading only ends soon. Returns how many."""
    return sum(claim(*told[:3], **told[3]) for told in (*_trials(), *_cuts()))


def _soon(field: str, days: int) -> Q:
    """Rows of customers or subscriptions whose moment lies at most so far ahead, by our clock or the provider's."""
    told = "told_at" if field == "ends" else "subscription__told_at"
    reach = timedelta(days=days)
    return Q(**{f"{field}__lte": now() + reach}) | Q(**{f"{field}__lte": F(told) + reach})


def _trials() -> Iterator[tuple[Customer, str, str, dict[str, Any]]]:
    rows = Subscription.objects.filter(_soon("ends", max(TRIAL_DAYS)), state="trial", ends__gt=now())
    for one in rows.select_related("customer"):
        ends = one.ends or now()
        left = ends - queries.moment_of(one)
        if left > timedelta(0):
            days = min(days for days in TRIAL_DAYS if left <= timedelta(days=days))
            values = {"ends": ends.isoformat(), "bought": bool(one.reference)}
            yield one.customer, "trial_ends", f"{ends:%Y-%m-%d} {days}", values


def _cuts() -> Iterator[tuple[Customer, str, str, dict[str, Any]]]:
    """What is taken away is announced: reading only towards the end of the grace, the suspension towards the end of reading only."""
    announced = dict(zip(("grace", "read-only"), queries.ANNOUNCING, strict=True))
    for one in Customer.objects.filter(_soon("lease_until", GRACE_DAYS)).select_related("subscription"):
        tenant = tenants.tenant(one.tenant_id)
        kind = announced.get(tenant.lease.get("status", ""))
        begun = trouble_of(queries.standing_now(one)) if kind and tenant.status in _SERVED else None
        if kind and begun is not None:
            yield one, kind, queries.fact_of(begun), {}


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
    if tenant.status not in _SERVED or not _holds(letter):
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


def _holds(letter: Letter) -> bool:
    """Whether a letter still says the truth; one that announces something gets the day that holds if it goes out now."""
    if letter.kind not in queries.ANNOUNCING:
        return True
    standing = queries.standing_now(letter.customer)
    begun = trouble_of(standing)
    if begun is None or queries.fact_of(begun) != letter.fact:
        return False
    reading_only = letter.kind == queries.ANNOUNCING[0]
    told = replace(standing, warned=now()) if reading_only else replace(standing, warned_again=now())
    ends = lease_of(told, at=queries.moment_of(queries.subscription_of(letter.customer)))["valid_until"]
    letter.values = letter.values | {"ends": ends}
    return ends is not None


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
