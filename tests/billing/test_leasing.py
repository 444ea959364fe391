"""The lease follows from plan and moment alone."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from billing.catalog import FEATURES, OPEN, PLANS, Plan, plan
from billing.leasing import lease_of

SINCE = datetime(2026, 11, 3, 9, tzinfo=UTC)


def test_the_open_plan_has_every_feature_and_no_expiry() -> None:
    lease = lease_of(OPEN, since=SINCE)
    assert lease["plan"] == "open"
    assert lease["status"] == "active"
    assert lease["features"] == sorted(FEATURES)
    assert lease["limits"] == dict(OPEN.limits)
    assert lease["valid_until"] is None


def test_a_plan_with_days_expires_in_utc() -> None:
    trial = Plan("trial", ("sales",), MappingProxyType({"members": 3}), days=14)
    assert lease_of(trial, since=SINCE)["valid_until"] == "2026-11-17T09:00:00+00:00"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        lease_of(OPEN, since=datetime(2026, 11, 3))


def test_same_plan_and_moment_give_the_same_lease_and_share_nothing() -> None:
    first, second = lease_of(OPEN, since=SINCE), lease_of(OPEN, since=SINCE)
    assert first == second
    first["limits"]["members"] = 0
    assert second["limits"]["members"] == OPEN.limits["members"]


def test_every_plan_names_known_features_only() -> None:
    for known in PLANS.values():
        assert set(known.features) <= set(FEATURES)
        assert all(value > 0 for value in known.limits.values())


def test_an_unknown_plan_is_a_lookup_error() -> None:
    with pytest.raises(LookupError):
        plan("gold")
