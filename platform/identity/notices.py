"""Letters that warn the owner of an account."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter

from identity import factors, slowdown
from identity.slowdown import Direction

# Whoever fails so often at the second factor knows the password already.
WARN_AT = 10


def warn_of_guessing(account: Any, way: Direction) -> None:
    """After ten wrong codes within an hour the owner gets one letter: change your password."""
    if slowdown.failures_of(way) == WARN_AT:
        get_adapter().send_mail("identity/mail/second_factor_guessed", account.email, {})


def warn_of_second_use(account: Any) -> None:
    """A code that was used already came again: the owner gets a letter, at most one in an hour."""
    if factors.note_warning(account=account):
        _send_with_origin("second_factor_used_again", account)


def tell_of_new_browser(account: Any) -> None:
    """The owner gets a letter whenever the account is opened in a browser that it has not been opened in before."""
    _send_with_origin("new_browser", account)


def _send_with_origin(letter: str, account: Any) -> None:
    get_adapter().send_notification_mail(f"identity/mail/{letter}", account)
