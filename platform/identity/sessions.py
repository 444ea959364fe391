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
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, UpdateError
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from kernel.standing import standing

# Where allauth keeps the code that it has sent.
CODES = (EMAIL_VERIFICATION_CODE_SESSION_KEY, PASSWORD_RESET_VERIFICATION_SESSION_KEY)
_MARK = "digest:"


class SessionStore(db.SessionStore):
    """What ``SESSION_ENGINE`` names."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        return super().encode({name: _closed(name, value) for name, value in session_dict.items()})

    def load(self) -> dict[str, Any]:
        rows: list[Session] = _open(key=self.session_key or "")
        if rows:
            return dict(self.decode(rows[0].session_data))
        self._session_key = None
        return {}

    def save(self, must_create: bool = False) -> None:
        """A change is one statement, in no transaction of its own. Raises ``UpdateError`` for a row that is gone,
        ``CreateError`` for a new key that is in use."""
        if must_create or self.session_key is None:
            super().save(must_create=must_create)
            return
        row = self.create_model_instance(self._get_session())  # type: ignore[attr-defined]
        held = Session.objects.filter(session_key=row.session_key)
        if not held.update(session_data=row.session_data, expire_date=row.expire_date):
            raise UpdateError

    def cycle_key(self) -> None:
        """Another key for what the session holds; the former one opens nothing from then on."""
        former, found = self.session_key, self._session  # type: ignore[attr-defined]
        if former is not None:
            self._session_key = self._get_new_session_key()
            self._session_cache = found
            if Session.objects.filter(session_key=former).update(session_key=self._session_key):
                self.modified = True
                return
            self._session_key = former
        super().cycle_key()

    def delete(self, session_key: str | None = None) -> None:
        Session.objects.filter(session_key=session_key or self.session_key or "").delete()

    def _get_new_session_key(self) -> str:
        # Writing the row would tell of a key in use; with 165 bits of chance there is none.
        return get_random_string(32, VALID_KEY_CHARS)


@standing
def _open(*, key: str) -> QuerySet[Session]:
    # The library writes the end by the machine's own clock.
    return Session.objects.filter(session_key=key, expire_date__gt=Now())


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
