"""What stands in a lease, in words. The room that writes leases says the words when it starts; a key without words is shown as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_PLANS: dict[str, Any] = {}
_STATUSES: dict[str, Any] = {}
_FEATURES: dict[str, Any] = {}


def word_leases(
    *, plans: Mapping[str, Any], statuses: Mapping[str, Any], features: Mapping[str, Any]
) -> None:
    """Key → lazy words for plans, states and features of leases. Saying the same again changes nothing."""
    _PLANS.update(plans)
    _STATUSES.update(statuses)
    _FEATURES.update(features)


def plan_words(key: str) -> str:
    """What people call the plan."""
    return str(_PLANS.get(key, key))


def status_words(key: str) -> str:
    """How the lease stands."""
    return str(_STATUSES.get(key, key))


def feature_words(keys: Iterable[str]) -> list[str]:
    """What the lease allows, in the order of the words."""
    return sorted(str(_FEATURES.get(key, key)) for key in keys)
