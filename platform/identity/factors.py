"""The second factor: a code counts once, its secret is stored encrypted."""

from __future__ import annotations

import base64
import logging
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

from kernel.actions import action
from kernel.when import now

log = logging.getLogger("terem.identity")

# Seconds between two letters about codes that came a second time.
WARNING_PAUSE = 3600
# What opens an account besides the password; recovery codes only stand in for these.
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_on(account: Any) -> bool:
    """Whether a password alone does not open the account: it has an authenticator app or a passkey."""
    return bool(
        account is not None and Authenticator.objects.filter(user_id=account.pk, type__in=KINDS).exists()
    )


def has_app(account: Any) -> bool:
    """Whether an authenticator app makes codes for the account."""
    return Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).exists()


def _step(secret: str, code: str) -> int | None:
    """The time step (30 s each since 1970) whose code this is."""
    for step in totp.yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step))):
            return step
    return None


@action()
def use(*, account: Any, code: str) -> Authenticator | None:
    """Use a code of the device or a recovery code; None if it is untrue or was used before.

    A code of the device must be of a later step than the last one used, so that one who
    looked over the shoulder, or sends the same form twice, gets nothing. Recovery codes go by one.
    """
    held = list(
        Authenticator.objects.select_for_update()
        .filter(user_id=account.pk)
        .exclude(type=Authenticator.Type.WEBAUTHN)
        .order_by("-type")
    )
    for authenticator in held:
        if authenticator.type == Authenticator.Type.TOTP:
            step = _step(decrypt(authenticator.data["secret"]), code)
            if step is not None:
                return _use_step(authenticator, step)
        elif authenticator.wrap().validate_code(code):
            return authenticator
    return None


def _use_step(authenticator: Authenticator, step: int) -> Authenticator | None:
    if step <= authenticator.data.get("last_step", 0):
        return None
    authenticator.data["last_step"] = step
    authenticator.save(update_fields=["data"])
    return authenticator


def was_used(account: Any, code: str) -> bool:
    """Whether a refused code is one of the device that counted before: somebody has seen it."""
    for authenticator in Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP):
        step = _step(decrypt(authenticator.data["secret"]), code)
        if step is not None:
            return step == authenticator.data.get("last_step")
    return False


@action()
def note_warning(*, account: Any) -> bool:
    """Whether the owner is to be warned of a second use now: at most once in an hour."""
    held = Authenticator.objects.select_for_update().filter(user_id=account.pk, type=Authenticator.Type.TOTP)
    authenticator = held.first()
    moment = int(now().timestamp())
    if authenticator is None or moment - authenticator.data.get("warned_at", 0) < WARNING_PAUSE:
        return False
    authenticator.data["warned_at"] = moment
    authenticator.save(update_fields=["data"])
    return True


@action()
def note_first_use(*, account: Any, code: str) -> None:
    """The code that switched the second factor on is used up as well."""
    for authenticator in Authenticator.objects.select_for_update().filter(user_id=account.pk, type="totp"):
        step = _step(decrypt(authenticator.data["secret"]), code)
        if step is not None:
            _use_step(authenticator, step)


@action()
def remove_all(*, account: Any) -> int:
    """Switch the second factor off, for an owner who lost device and recovery codes; returns what was removed."""
    removed, _kinds = Authenticator.objects.filter(user_id=account.pk).delete()
    return int(removed)


def left_codes(account: Any) -> int:
    """How many recovery codes are unused."""
    held = Authenticator.objects.filter(user_id=account.pk, type="recovery_codes").first()
    return len(held.wrap().get_unused_codes()) if held is not None else 0


def _cipher() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(key: str) -> Fernet:
    return Fernet(
        base64.urlsafe_b64encode(salted_hmac("identity.factors", "", key, algorithm="sha256").digest())
    )


# Where allauth keeps what we seal, by kind of authenticator.
_SEALED = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


@action()
def reseal() -> int:
    """Seal with the present key what a former one sealed; returns how many. After it the former key may go.

    What no known key opens stays as it is: another key may still turn up.
    """
    changed = 0
    for authenticator in Authenticator.objects.select_for_update().filter(type__in=_SEALED):
        name = _SEALED[Authenticator.Type(authenticator.type)]
        sealed = str(authenticator.data.get(name, ""))
        if not sealed or _is_newest(sealed):
            continue
        try:
            authenticator.data[name] = _cipher().rotate(sealed.encode()).decode()
        except InvalidToken:
            log.warning("a second factor of account %s was sealed with an unknown key", authenticator.user_id)
            continue
        authenticator.save(update_fields=["data"])
        changed += 1
    return changed


def _is_newest(sealed: str) -> bool:
    try:
        _fernet(settings.SECRET_KEY).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def seal(text: str) -> str:
    """Encrypt a secret for the table; a former secret key still opens it."""
    return _cipher().encrypt(text.encode()).decode()


def unseal(text: str) -> str:
    """The secret again. Raises ``ValueError`` if it was sealed with a key that is no longer known."""
    try:
        return _cipher().decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise ValueError("A second factor was sealed with a secret key that is no longer known.") from error
