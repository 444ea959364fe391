"""The catalogue: which plans exist and what each allows. Data only; nothing here reads a tenant.

A feature is a part of the product that may be switched on; a limit is the highest value of a meter
(members: people who may sign in; records: companies, people and deals together; storage: bytes of files).
A meter that a plan does not name is not limited by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

FEATURES: Final = ("clients", "sales", "activities", "imports", "export", "roles")


@dataclass(frozen=True, slots=True)
class Plan:
    """``days`` is how long a lease under the plan lasts; None: without expiry."""

    key: str
    features: tuple[str, ...]
    limits: MappingProxyType[str, int]
    days: int | None


OPEN: Final = Plan(
    key="open",
    features=FEATURES,
    limits=MappingProxyType({"members": 500, "records": 5_000_000, "storage": 50 * 2**30}),
    days=None,
)

PLANS: Final = MappingProxyType({plan.key: plan for plan in (OPEN,)})


def plan(key: str) -> Plan:
    """A plan of the catalogue. Raises ``LookupError`` for a key that it does not hold."""
    return PLANS[key]
