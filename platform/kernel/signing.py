"""Signed values that carry the tenant: a token made in one workspace is void in every other.

The salt holds the tenant's id from the context, so no caller can forget it.
"""

from __future__ import annotations

from typing import Any

from django.core import signing

from kernel import context
from kernel.errors import NotFound


def _salt(purpose: str) -> str:
    found = context.current()
    where = str(found.tenant.id) if found.tenant else "control"
    return f"terem:{where}:{purpose}"


def sign(purpose: str, value: Any) -> str:
    """A tamper-proof text for a JSON value, bound to purpose and tenant (or the control plane)."""
    return signing.dumps(value, salt=_salt(purpose), compress=True)


def unsign(purpose: str, token: str, *, max_age: int | None = None) -> Any:
    """The value of a token. ``max_age`` in seconds. Raises ``NotFound`` for anything untrue."""
    try:
        return signing.loads(token, salt=_salt(purpose), max_age=max_age)
    except signing.BadSignature as error:
        raise NotFound from error
