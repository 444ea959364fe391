"""Cache keys by construction: every key holds the tenant and its cache generation.

Django's ``cache`` is configured with :func:`make_key`; a key asked for outside a
context raises instead of being shared.
"""

from __future__ import annotations

from typing import Any

from django.core.cache import cache

from kernel import context


def make_key(key: str, key_prefix: str, version: Any) -> str:
    """The full cache key. Raises ``NoContext`` outside a unit of work."""
    found = context.current()
    where = f"t:{found.tenant.id.hex}:{found.tenant.generation}" if found.tenant else "control"
    return f"{key_prefix}:{where}:{version}:{key}"


def get(key: str) -> Any:
    """The cached value or None. A value that was stored by another tenant is never returned."""
    held = cache.get(key)
    if not isinstance(held, tuple) or len(held) != 2 or held[0] != _owner():
        return None
    return held[1]


def put(key: str, value: Any, *, seconds: int) -> None:
    cache.set(key, (_owner(), value), seconds)


def drop(key: str) -> None:
    cache.delete(key)


def _owner() -> str:
    found = context.current()
    return found.tenant.id.hex if found.tenant else "control"
