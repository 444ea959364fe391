"""Locks between processes: PostgreSQL advisory locks bound to the running transaction."""

from __future__ import annotations

import hashlib

from django.db import connections

from kernel import context


def _number(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def hold(name: str) -> None:
    """Wait for the tenant-wide lock ``name`` and keep it until the transaction ends.

    The key carries the tenant, so two tenants never wait for each other.
    """
    key = _number(f"{context.tenant().schema}:{name}")
    with connections["tenant"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def try_hold_control(name: str) -> bool:
    """Take the platform-wide lock ``name`` for this transaction of the control plane, if free."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_number(f"control:{name}")])
        return bool(cursor.fetchone()[0])
