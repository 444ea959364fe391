"""The library's own parameter types as strict validators, at the version of the library."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

import pydantic
from typing_extensions import is_typeddict

T = TypeVar("T")
# Address of the API → the library's type of its parameters.
TYPES = {
    "POST /v1/customers": "CustomerCreateParams",
    "POST /v1/customers/*": "CustomerUpdateParams",
    "GET /v1/customers/*": "CustomerRetrieveParams",
    "DELETE /v1/customers/*": "CustomerDeleteParams",
    "POST /v1/products": "ProductCreateParams",
    "GET /v1/products": "ProductListParams",
    "POST /v1/prices": "PriceCreateParams",
    "GET /v1/prices": "PriceListParams",
    "POST /v1/checkout/sessions": "checkout.SessionCreateParams",
    "GET /v1/checkout/sessions/*": "checkout.SessionRetrieveParams",
    "POST /v1/billing_portal/sessions": "billing_portal.SessionCreateParams",
    "GET /v1/subscriptions": "SubscriptionListParams",
    "POST /v1/subscriptions/*": "SubscriptionUpdateParams",
    "DELETE /v1/subscriptions/*": "SubscriptionCancelParams",
    "POST /v1/invoices/create_preview": "InvoiceCreatePreviewParams",
    "GET /v1/invoices": "InvoiceListParams",
    "POST /v1/invoices/*": "InvoiceUpdateParams",
    "GET /v1/events": "EventListParams",
    "POST /v1/billing/meters": "billing.MeterCreateParams",
    "GET /v1/billing/meters": "billing.MeterListParams",
    "GET /v1/billing/meters/*/event_summaries": "billing.MeterListEventSummariesParams",
    "POST /v1/billing/meter_events": "billing.MeterEventCreateParams",
    "POST /v1/coupons": "CouponCreateParams",
    "POST /v1/promotion_codes": "PromotionCodeCreateParams",
    "GET /v1/promotion_codes": "PromotionCodeListParams",
    "POST /v1/customers/*/tax_ids": "CustomerTaxIdCreateParams",
    "GET /v1/customers/*/tax_ids": "CustomerTaxIdListParams",
    "DELETE /v1/customers/*/tax_ids/*": "CustomerTaxIdDeleteParams",
    "POST /v1/customers/*/balance_transactions": "CustomerBalanceTransactionCreateParams",
    "POST /v1/entitlements/features": "entitlements.FeatureCreateParams",
    "GET /v1/entitlements/features": "entitlements.FeatureListParams",
    "GET /v1/entitlements/active_entitlements": "entitlements.ActiveEntitlementListParams",
    "POST /v1/products/*/features": "ProductFeatureCreateParams",
    "GET /v1/products/*/features": "ProductFeatureListParams",
}


def name_of(method: str, path: str) -> str:
    """The key of a request in ``TYPES``."""
    plain = re.sub(r"/(cus|sub|in|cs_test|mtr|evt|pm|txi)_\w+|/terem-\w+", "/*", path)
    return f"{method} {plain}"


@cache
def validator(name: str) -> pydantic.TypeAdapter[Any]:
    """A validator that allows no key that the library does not name, at any depth."""
    package, _, last = name.rpartition(".")
    words = re.sub(r"(?<!^)(?=[A-Z])", "_", last).lower()
    module: Any = importlib.import_module(".".join(filter(None, ("stripe.params", package, f"_{words}"))))
    # Request options name types that only type checkers import; an object of the library stands for a mapping.
    vars(module).update(StripeContext=str, Mapping=Mapping, UntypedStripeObject=Mapping[str, T])
    for found in list(vars(module).values()):
        if is_typeddict(found):
            found.__pydantic_config__ = pydantic.ConfigDict(extra="forbid")
    return pydantic.TypeAdapter(getattr(module, last))


def faults(method: str, path: str, told: dict[str, Any]) -> list[str]:
    """What the library would not have let a caller write, each with its place."""
    name = TYPES.get(name_of(method, path))
    if name is None:
        return [f"{name_of(method, path)} has no type in tests/billing/stripe_api/parameters.py: add it"]
    try:
        validator(name).validate_python(told)
    except pydantic.ValidationError as error:
        return [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    return []
