"""Signed values that carry the tenant: a token made in one workspace is void in every other.

The salt holds the tenant's id from the context, so no caller can forget it. What has to stay
secret in the control plane is sealed here as well. Former signing keys open both; ``reseal``
brings everything under the present key, so that a former one may go.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

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


def _keys() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def _fernet(purpose: str, key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(salted_hmac(purpose, "", key, algorithm="sha256").digest()))


def _cipher(purpose: str) -> MultiFernet:
    return MultiFernet([_fernet(purpose, key) for key in _keys()])


def seal(purpose: str, text: str) -> str:
    """Encrypt a secret of the control plane with the present signing key."""
    return _cipher(purpose).encrypt(text.encode()).decode()


def unseal(purpose: str, sealed: str) -> str:
    """The secret again. Raises ``NotFound`` if no signing key that is known has sealed it."""
    try:
        return _cipher(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise NotFound from error


def sealed_anew(purpose: str, sealed: str) -> str:
    """The same secret under the present key; empty if it is there already, or if no known key opens it."""
    try:
        _fernet(purpose, settings.SECRET_KEY).decrypt(sealed.encode())
    except InvalidToken:
        try:
            return _cipher(purpose).rotate(sealed.encode()).decode()
        except InvalidToken:
            return ""
    return ""


def signed_anew(purpose: str, token: str) -> str:
    """A token without end under the present key; empty if it is there already, or if no known key signed it."""
    salt = _salt(purpose)
    try:
        signing.loads(token, key=settings.SECRET_KEY, salt=salt, fallback_keys=[])
    except signing.BadSignature:
        try:
            return sign(purpose, unsign(purpose, token))
        except NotFound:
            return ""
    return ""


# What rooms keep under the signing key: each function brings it under the present one and says how many.
RESEALERS: list[Callable[[], int]] = []


def on_reseal(function: Callable[[], int]) -> None:
    """Said once, at start, by a room that keeps something sealed or signed for long."""
    if function not in RESEALERS:
        RESEALERS.append(function)


def reseal() -> int:
    """Bring everything under the present signing key; returns how many. After it a former key may go."""
    return sum(function() for function in RESEALERS)
