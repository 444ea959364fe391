"""A workspace is erased: its subscription ends, the payer goes, and of our copies only what the law of invoices needs stays."""

from __future__ import annotations

from typing import Final

from billing import providers
from billing.models import Customer, InboxEvent, Invoice
from billing.providers.told import Unreachable
from kernel.actions import action
from kernel.errors import Unavailable
from tenants import api as tenants

# What an invoice tells beyond number, day, amounts and status: pages with the payer's name and address.
_BLANKED: Final = {"page": "", "pdf": "", "next_attempt_at": None}


@action()
def forget(tenant: tenants.Tenant) -> str:
    """End the subscription at once, remove the payer there and here; returns a line for the certificate.

    Bills stay, as numbers, days and amounts under the workspace's opaque id. Raises ``Unavailable`` while the
    provider does not answer: a workspace that still pays is not called erased. Repeating it is harmless.
    """
    customer = Customer.objects.select_for_update().filter(tenant_id=tenant.id).first()
    if customer is None:
        return "no payments"
    ended = _forget_there(str(customer.reference)) if customer.reference else "no subscription"
    InboxEvent.objects.filter(customer=customer.reference or "-").delete()
    for relation in Customer._meta.related_objects:
        if relation.related_model is not Invoice:
            relation.related_model._default_manager.filter(customer=customer).delete()
    kept = Invoice.objects.filter(customer=customer).update(**_BLANKED)
    if kept:
        customer.reference, customer.email = None, ""
        customer.tax_id, customer.tax_id_type = "", ""
        customer.lease_until = customer.pulled_at = customer.held_at = None
        customer.save()
    else:
        customer.delete()
    return f"{ended}; {kept} invoices kept as the law asks, without name and address"


def _forget_there(reference: str) -> str:
    if not providers.sells():
        return "no payment provider is set up any more, nothing was asked of it"
    try:
        providers.provider().forget(customer=reference)
    except Unreachable as error:
        raise Unavailable(f"The payment provider did not answer: {error}") from error
    return "subscription and payer removed at the payment provider"
