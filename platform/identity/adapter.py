"""Where allauth asks how we want it: guessing, letters, notices, where to go next, secrets."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from identity import actions, browsers, events, factors, notices, passkeys, passwords, queries, slowdown
from identity.slowdown import Direction
from kernel import mail
from kernel.actions import after_commit
from kernel.errors import TooMany

log = logging.getLogger("terem.identity")

OPERATOR_SESSION = 12 * 3600
# In the session between the password and the end of signing in: it was right, and too easy to guess.
WEAK = "weak_password"
AFTER = "after_password"
# Letters that nobody asked for: nobody is told to ask again if one cannot be sent.
UNASKED = {"new_browser", "second_factor_used_again", "second_factor_guessed"}
CHANGE_PAGE = "/account/password/"
# What is tried, as the log and the figures call it.
_PROOFS = {"password": "password", "code": "code", "letter": "mail code"}


def direction(request: HttpRequest, kind: str, subject: str, account: Any) -> Direction:
    """Where a try comes from: the known browser of the account, else its network."""
    from allauth.core.internal.ratelimit import get_ip

    return Direction(kind, subject, get_ip(request), browsers.known_as(request, account))


def claim(request: HttpRequest, way: Direction) -> None:
    """Take a try, or complain at the form; the page then answers 429."""
    try:
        slowdown.claim(way)
    except TooMany as error:
        events.proved(_PROOFS[way.kind], "paused", way=way)
        request.retry_after = error.retry_after  # type: ignore[attr-defined]
        raise forms.ValidationError(str(error), code="too_many") from error


class AccountAdapter(DefaultAccountAdapter):
    """allauth's account flows in our words."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is switched off."),
        "duplicate_email": _("This is your address already."),
        "email_password_mismatch": _("E-mail or password is not right. Check both and try again."),
        "email_taken": _("This address belongs to another account."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This code is not right. Take the newest one, exactly as it is shown."),
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": _("Too many wrong codes. Please begin again."),
        "rate_limited": _("A letter has just been sent. Please wait a little before asking for another."),
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        subject = (credentials.get("email") or credentials.get("username") or "").lower()
        way = direction(request, "password", subject, queries.begun_by(subject))
        claim(request, way)
        account = super().authenticate(request, **credentials)
        if account is None:
            events.proved("password", "refused", way=way)
            return None
        events.proved("password", "accepted", account=account, way=way)
        slowdown.succeeded(way)
        request.session[WEAK] = passwords.is_weak(str(credentials.get("password")), account)
        return account

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        user.username = secrets.token_hex(16)

    def set_password(self, user: Any, password: str) -> None:
        super().set_password(user, password)
        actions.tell_secret_changed(user)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        # Nobody hears allauth's signal; what an action causes can be read in the action.
        only = actions.confirm_only_address(email_address)
        return only or bool(super().confirm_email(request, email_address))

    def login(self, request: Any, user: Any) -> None:
        # Whoever comes for the first time knows it, and a password set anew has a letter of its own.
        new = user.last_login is not None and not browsers.known_as(request, user)
        new = new and not getattr(request, "told_of_reset", False)
        super().login(request, user)
        if new:
            notices.tell_of_new_browser(user)

    def post_login(self, request: Any, user: Any, **details: Any) -> HttpResponse:
        response = super().post_login(request, user, **details)
        if request.session.pop(WEAK, False):
            request.session[AFTER] = response["Location"]
            response = HttpResponseRedirect(CHANGE_PAGE)
        browsers.remember(request, response, user)
        if request.site == "operator":
            request.session.set_expiry(OPERATOR_SESSION)
        return response

    def get_login_redirect_url(self, request: Any) -> str:
        return "/" if request.site == "operator" else str(settings.LOGIN_REDIRECT_URL)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return str(request.session.pop(AFTER, "/account/security/"))

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        signed_in = self.request.user.is_authenticated
        return "/account/email/" if signed_in else str(settings.LOGIN_URL)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        words = message or settings.IDENTITY_NOTICES.get(message_template)
        # Whoever signs up is led on at once; saying it would come too late.
        if words and (message or request.user.is_authenticated):
            request.notice = str(words)  # type: ignore[attr-defined]

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        name = template_prefix.rpartition("/")[2]
        self.request.told_of_reset = name == "password_reset"
        change = events.CHANGE_OF.get(name)
        if change:
            events.changed(change, user)
        super().send_notification_mail(template_prefix, user, *args, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        name = template_prefix.rpartition("/")[2]
        values = {key: value for key, value in context.items() if key != "request"} | {"email": email}
        values["site"] = f"{settings.TEREM_SCHEME}://{settings.TEREM_DOMAIN}{settings.TEREM_PORT_SUFFIX}"
        language = get_language() or "en"
        after_commit(_post, email, f"identity/mail/{name}", language, values, self.request, alias="default")


def _post(to: str, template: str, language: str, values: dict[str, Any], request: Any) -> None:
    try:
        mail.send(to=[to], template=template, language=language, values=values, counted=False)
    except OSError:
        # The account stands; the page says what happened and offers to send the letter again.
        log.exception("a letter was not sent: %s", template)
        if request is not None and template.rpartition("/")[2] not in UNASKED:
            request.notice = str(
                _("The letter could not be sent just now. Please ask for it again in a minute.")
            )


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth's second factor: its secrets are encrypted with the installation's key."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right or was used before. Wait for the next one."),
        "unverified_email": _("Confirm your e-mail address first."),
    }

    def encrypt(self, text: str) -> str:
        return factors.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factors.unseal(encrypted_text)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return passkeys.names_for(user)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return passkeys.relying_party()
