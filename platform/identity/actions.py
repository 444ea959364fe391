"""What is done to accounts: made, given to operators, tidied; their sessions ended."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from identity.models import Consent, Operator
from kernel.actions import action
from kernel.emails import read_email
from kernel.errors import Invalid, NotFound
from kernel.text import clean
from kernel.when import now

UNCONFIRMED_KEPT = timedelta(days=7)

# Rooms above that must act when an account's secret changes (its workspace sessions end, for instance).
_AFTER_SECRET: list[Callable[[int], None]] = []


def after_secret_change(function: Callable[[int], None]) -> None:
    """Let ``function(account_id)`` be called whenever a password changes; said once, at start."""
    if function not in _AFTER_SECRET:
        _AFTER_SECRET.append(function)


def tell_secret_changed(account: Any) -> None:
    for function in _AFTER_SECRET:
        function(account.pk)


@action()
def together(step: Callable[..., HttpResponse], *given: Any) -> HttpResponse:
    """All that a step of the sign-in library writes, in one transaction: it is there whole, or not at all."""
    return step(*given)


@action()
def create_account(*, email: str, password: str, name: str = "", confirmed: bool = True) -> Any:
    """Make an account whose address is taken as confirmed (an invitation proved it, or an administrator did).

    Raises ``Invalid`` for a bad or taken address and for a weak password.
    """
    try:
        address = read_email(email)
    except Invalid as error:
        raise error.at("email") from error
    if EmailAddress.objects.filter(email=address, verified=True).exists():
        raise Invalid(email=_("There is an account with this address already."))
    account = get_user_model()(username=secrets.token_hex(16), email=address, first_name=clean(name)[:120])
    _check_password(password, account)
    account.set_password(password)
    account.save()
    EmailAddress.objects.create(user=account, email=address, verified=confirmed, primary=True)
    return account


@action()
def change_begun_password(*, account_id: int, password: str) -> None:
    """Somebody who has not confirmed the address yet sends the form again: the newest password counts.

    Raises ``NotFound`` for an account that is confirmed: its password changes by other ways only.
    """
    account = get_user_model().objects.filter(pk=account_id, last_login=None).first()
    if account is None or EmailAddress.objects.filter(user=account, verified=True).exists():
        raise NotFound
    _check_password(password, account)
    account.set_password(password)
    account.save(update_fields=["password"])


@action()
def set_password(*, account: Any, password: str) -> None:
    """Give an account another password without asking anybody: for commands of the installation."""
    _check_password(password, account)
    account.set_password(password)
    account.save(update_fields=["password"])
    tell_secret_changed(account)


def check_password(password: str, *, email: str = "") -> None:
    """Raise ``Invalid`` (password) with sentences for a password that is too weak for this person."""
    _check_password(password, get_user_model()(email=email))


def _check_password(password: str, account: Any) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Invalid(fields={"password": error.messages}) from error


@action()
def confirm_only_address(address: EmailAddress) -> bool:
    """Note that the only address of an account that nobody has entered yet is proved; in one statement.

    False, with nothing changed, in every other case: then there is more to decide.
    """
    account: Any = address.user
    if (
        not (address.pk and address.primary)
        or account.last_login is not None
        or account.email != address.email
    ):
        return False
    with connections["default"].cursor() as cursor:
        cursor.execute(_CONFIRM, [address.pk])
        address.verified = bool(cursor.rowcount)
    return address.verified


_CONFIRM = (
    "UPDATE account_emailaddress AS mine SET verified = TRUE WHERE id = %s AND NOT verified AND NOT EXISTS ("
    "SELECT FROM account_emailaddress AS other WHERE other.id <> mine.id"
    " AND (other.user_id = mine.user_id OR (other.email = mine.email AND other.verified)))"
)


@action()
def note_consent(*, account: Any) -> None:
    """Note that the account's owner has agreed to the privacy notice of today; nothing where there is none."""
    if settings.TEREM_PRIVACY_NOTICE:
        Consent.objects.get_or_create(account=account, notice=settings.TEREM_PRIVACY_NOTICE)


@action()
def set_name(*, account: Any, name: str) -> None:
    account.first_name = clean(name)[:120]
    account.save(update_fields=["first_name"])


@action()
def drop_unconfirmed() -> int:
    """Remove accounts that were begun a week ago and never confirmed; returns how many."""
    stale = get_user_model().objects.filter(
        last_login=None, date_joined__lt=now() - UNCONFIRMED_KEPT, emailaddress__verified=False
    )
    ids = list(stale.exclude(emailaddress__verified=True).values_list("pk", flat=True)[:500])
    get_user_model().objects.filter(pk__in=ids).delete()
    return len(ids)


@action()
def drop_ended_sessions() -> None:
    """Remove sessions of the account host that have run out."""
    SessionStore.clear_expired()


@action()
def make_operator(*, account: Any) -> Operator:
    """Let an account into the operators' console; repeating it changes nothing."""
    operator, _created = Operator.objects.update_or_create(account=account, defaults={"active": True})
    return operator


@action()
def unmake_operator(*, account: Any) -> None:
    Operator.objects.filter(account=account).update(active=False)


@action()
def end_session(*, account: Any, session_id: int) -> None:
    """Sign the account out in one browser. Raises ``NotFound`` for somebody else's session."""
    held = UserSession.objects.filter(user_id=account.pk, pk=session_id).first()
    if held is None:
        raise NotFound
    held.end()


@action()
def end_sessions(*, account: Any, but: str = "") -> int:
    """Sign the account out everywhere, or everywhere but in the session with key ``but``."""
    held = list(UserSession.objects.filter(user_id=account.pk).exclude(session_key=but))
    for session in held:
        session.end()
    return len(held)


def keep_session(request: HttpRequest) -> None:
    """See that the visitor has a session before a form is sent twice: both answers then share it."""
    if not request.session.session_key:
        request.session.create()
