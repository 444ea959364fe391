"""The browsers in which somebody has signed in before: a signed cookie, void after a change of password."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from kernel import signing
from kernel.errors import NotFound

COOKIE = "__Host-known" if settings.SESSION_COOKIE_SECURE else "known"
LIFE = 365 * 24 * 3600
MOST_ACCOUNTS = 5


def _held(request: HttpRequest) -> dict[str, Any]:
    try:
        held = signing.unsign("known", request.COOKIES.get(COOKIE, ""), max_age=LIFE)
    except NotFound:
        return {}
    return held if isinstance(held, dict) and isinstance(held.get("accounts"), dict) else {}


def _mark(account: Any, key: str = "") -> str:
    # Bound to the password: whoever changes it is not followed by older browsers' privilege.
    text, signing_key = f"{account.pk}:{account.password}", key or settings.SECRET_KEY
    return salted_hmac("identity.browsers", text, secret=signing_key, algorithm="sha256").hexdigest()[:24]


def _is_mark(mark: str, account: Any) -> bool:
    """Whether the account was noted with this mark, under the present signing key or a former one."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return bool(mark) and any(constant_time_compare(mark, _mark(account, key)) for key in keys)


def known_as(request: HttpRequest, account: Any) -> str:
    """The id of this browser if the account has signed in in it, else nothing."""
    held = _held(request)
    mark = held.get("accounts", {}).get(str(account.pk), "") if account is not None else ""
    return str(held["id"]) if _is_mark(mark, account) else ""


def remember(request: HttpRequest, response: HttpResponse, account: Any) -> None:
    """Note in the browser that the account has signed in in it."""
    held = _held(request)
    accounts = {key: mark for key, mark in held.get("accounts", {}).items() if key != str(account.pk)}
    kept = dict(list(accounts.items())[-(MOST_ACCOUNTS - 1) :])
    value = {
        "id": held.get("id") or secrets.token_hex(8),
        "accounts": kept | {str(account.pk): _mark(account)},
    }
    response.set_cookie(
        COOKIE,
        signing.sign("known", value),
        max_age=LIFE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
