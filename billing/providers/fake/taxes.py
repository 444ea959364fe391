"""Taxes of the demonstration server: what a bill bears by the payer's country, on top of the prices.

Standard rates of a few countries: the real provider knows every rate of every place. Only the country is asked for,
and the seller collects in all of them but one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from billing.providers.fake.world import Refused, Thing, World

# Country → per cent. None: nothing is collected there.
RATES: Final[dict[str, Decimal | None]] = {
    "AT": Decimal(20),
    "CH": Decimal("8.1"),
    "DE": Decimal(19),
    "ES": Decimal(21),
    "FR": Decimal(20),
    "GB": Decimal(20),
    "IT": Decimal(22),
    "NL": Decimal(21),
    "US": None,
}
# Where a company with a tax id of the Union reckons the tax itself.
UNION: Final = ("AT", "DE", "ES", "FR", "IT", "NL")


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for a payer: per cent, and the provider's word for why."""

    country: str
    percent: Decimal
    reason: str


def locate(customer: Thing, country: str) -> None:
    """Keep where the payer is. Raises ``Refused`` for a country that the demonstration does not know."""
    if country not in RATES:
        raise Refused("The demonstration knows no taxes of this country.", param="country")
    blank = dict.fromkeys(("city", "line1", "line2", "postal_code", "state"))
    customer["address"] = {**blank, "country": country}


def rule_for(world: World, customer: Thing) -> Rule | None:
    """The rule for a payer; None while nobody knows where the payer is."""
    country = str((customer["address"] or {}).get("country") or "")
    if country not in RATES:
        return None
    percent = RATES[country]
    if percent is None:
        return Rule(country, Decimal(0), "not_collecting")
    known = any(world.all("tax_id", customer=customer["id"], type="eu_vat"))
    if country in UNION and known:
        return Rule(country, Decimal(0), "reverse_charge")
    return Rule(country, percent, "standard_rated")


def reckon(world: World, invoice: Thing, customer: Thing, *, enabled: bool, off: int) -> int:
    """Put the taxes on a draft's lines and sums; ``off`` is what coupons take off. Returns what comes on top."""
    found = rule_for(world, customer) if enabled else None
    status = None if not enabled else "complete" if found else "requires_location_inputs"
    invoice["automatic_tax"] |= {
        "enabled": enabled,
        "liability": {"type": "self"} if enabled else None,
        "provider": "stripe" if enabled else None,
        "status": status,
    }
    invoice["customer_address"] = customer["address"]
    rows = invoice["lines"]["data"]
    for row in rows:
        row["taxes"] = []
    invoice["total_taxes"] = []
    if found is None:
        return 0
    rate = _rate(world, found)
    for row, taxable in zip(rows, _taxable([row["amount"] for row in rows], off), strict=True):
        row["taxes"] = [_tax(rate, found, taxable, _part(taxable, found.percent))]
    total = sum(row["taxes"][0]["amount"] for row in rows)
    invoice["total_taxes"] = [
        _tax(rate, found, sum(row["taxes"][0]["taxable_amount"] for row in rows), total)
    ]
    return int(total)


def _taxable(amounts: list[int], off: int) -> Iterable[int]:
    """What each line is taxed on: a coupon takes off each its share, and the last one what rounding leaves."""
    whole, left, rest = sum(amounts), off, []
    for place, amount in enumerate(amounts):
        last = place == len(amounts) - 1
        share = left if last else _rounded(Decimal(off) * amount / whole) if whole else 0
        left -= share
        rest.append(amount - share)
    return rest


def _part(amount: int, percent: Decimal) -> int:
    return _rounded(amount * percent / 100)


def _rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def _tax(rate: str, rule: Rule, taxable: int, amount: int) -> dict[str, Any]:
    return {
        "amount": amount,
        "tax_behavior": "exclusive",
        "tax_rate_details": {"tax_rate": rate},
        "taxability_reason": rule.reason,
        "taxable_amount": taxable,
        "type": "tax_rate_details",
    }


def _rate(world: World, rule: Rule) -> str:
    """The id of the rate, made when it is first used."""
    for known in world.all("tax_rate", country=rule.country, percentage=float(rule.percent)):
        return str(known["id"])
    shape: Thing = {
        "object": "tax_rate",
        "active": True,
        "country": rule.country,
        "created": world.now(),
        "description": None,
        "display_name": "VAT" if rule.country != "US" else "Sales tax",
        "effective_percentage": float(rule.percent),
        "flat_amount": None,
        "inclusive": False,
        "jurisdiction": rule.country,
        "jurisdiction_level": "country",
        "livemode": False,
        "metadata": {},
        "percentage": float(rule.percent),
        "rate_type": "percentage",
        "state": None,
        "tax_type": "vat" if rule.country != "US" else "sales_tax",
    }
    return str(world.add("txr", shape)["id"])
