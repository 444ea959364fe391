"""An operator with a second factor, signed in at the console's host; and others who are refused there."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.test import Client

CONSOLE = "operator.terem.test"


def make_operator(email: str, *, factor: bool = True, right: bool = True) -> Any:
    """An account; with ``right`` an operator, with ``factor`` with a device of its own."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from identity import actions
    from tests.support.tenants import make_account

    account = make_account(email)
    if factor:
        TOTP.activate(account, generate_totp_secret())
    if right:
        actions.make_operator(account=account)
    return account


def at_console(account: Any = None, language: str = "en") -> Client:
    """A browser at the console's host, signed in as the account (nobody without one)."""
    browser = Client(HTTP_HOST=CONSOLE, headers={"accept-language": language})
    if account is not None:
        browser.cookies[settings.SESSION_COOKIE_NAME] = session_of(account)
    return browser


def session_of(account: Any) -> str:
    """A session as after signing in with everything that the account has."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "email": account.email}
    ]
    session.save()
    return str(session.session_key)
