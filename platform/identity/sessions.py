"""Sessions of accounts: Django's rows, in which a code that waits to be typed stands as a digest only.

Whoever reads the table, or a copy of it, cannot use the codes of open sign-ins. The digest is
keyed: eight digits would be found by trying, without the key.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.email_verification_by_code import EMAIL_VERIFICATION_CODE_SESSION_KEY
from allauth.account.internal.flows.password_reset_by_code import PASSWORD_RESET_VERIFICATION_SESSION_KEY
from allauth.core.internal.cryptokit import compare_user_code, normalize_user_code
from django.conf import settings
from django.contrib.sessions.backends import db
from django.utils.crypto import constant_time_compare, salted_hmac

# Where allauth keeps the code that it has sent.
CODES = (EMAIL_VERIFICATION_CODE_SESSION_KEY, PASSWORD_RESET_VERIFICATION_SESSION_KEY)
_MARK = "digest:"


class SessionStore(db.SessionStore):
    """What ``SESSION_ENGINE`` names."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        return super().encode({name: _closed(name, value) for name, value in session_dict.items()})


def _closed(name: str, value: Any) -> Any:
    if name not in CODES or not isinstance(value, dict):
        return value
    code = str(value.get("code") or "")
    return value | {"code": _digest(code, settings.SECRET_KEY)} if code and not _is_closed(code) else value


def _is_closed(code: str) -> bool:
    return code.startswith(_MARK)


def _digest(code: str, key: str) -> str:
    plain = normalize_user_code(code)
    return _MARK + salted_hmac("identity.sessions", plain, secret=key, algorithm="sha256").hexdigest()


def is_code(*, typed: str, kept: str) -> bool:
    """Whether what was typed is the code that a session keeps, sealed with this signing key or a former one."""
    if not _is_closed(kept):
        # From a session that the release before this one has written.
        return bool(compare_user_code(actual=typed, expected=kept))
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(_digest(typed, key), kept) for key in keys)
