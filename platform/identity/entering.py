"""Accounts that come in through pages of the rooms above: signing up, joining by invitation."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.forms import SignupForm
from allauth.account.internal.flows.login import (
    get_authentication_records,
    perform_login,
    record_authentication,
)
from allauth.account.internal.flows.signup import complete_signup
from allauth.account.models import Login
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse

from identity import slowdown
from identity.actions import note_consent
from identity.queries import network_of
from kernel.errors import Invalid
from kernel.when import now


def sign_up(request: HttpRequest, *, email: str, password: str, after: str) -> tuple[Any, HttpResponse]:
    """Begin an account: a letter with a code goes out; once it is typed the browser is led to ``after``.

    If the address has an account already, the answer looks and takes the same, the letter says so
    to its owner, and the account returned is None. Raises ``Invalid`` (email, password).
    """
    form = SignupForm({"email": email, "password1": password})
    if not form.is_valid():
        faults = {{"password1": "password"}.get(name, name): list(said) for name, said in form.errors.items()}
        raise Invalid(fields=faults)
    account, response = form.try_save(request)
    if account is None:
        make_password(password)
        return None, response
    note_consent(account=account)
    return account, complete_signup(request, user=account, redirect_url=after)


def enter(request: HttpRequest, account: Any, *, after: str) -> HttpResponse:
    """Sign in an account that has just proved itself otherwise (an invitation's key came by its mail)."""
    record_authentication(request, account, method="invitation")
    return perform_login(request, Login(user=account, email=account.email, redirect_url=after))


def claim_letter(request: HttpRequest, email: str) -> None:
    """Count a letter that somebody asks for to an address. Raises ``TooMany`` after five in an hour."""
    slowdown.claim(slowdown.Direction("letter", email, network_of(request)))


def proved_anew(view: Any) -> Any:
    """A form of the account that is taken only from who has proved in the last ten minutes who it is.

    Others are led to the proof first, and what they sent is done after it. Reading asks for nothing.
    """
    return reauthentication_required(view, allow_get=True)


def demand_proof(request: HttpRequest, *, seconds: int) -> None:
    """See that whoever is signed in has proved within so many seconds who it is; others are led to the proof and back."""
    held = get_authentication_records(request, request.user)
    if not any(now().timestamp() - float(record.get("at", 0)) < seconds for record in held):
        raise ReauthenticationRequired
