"""What makes a password acceptable, in sentences that help to find a better one. Length beats tricks."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LEAST = 12
# More would only be work; nothing is ever cut off.
MOST = 128


class LongEnough:
    """At least 12 characters, and not so many that checking them becomes work."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < LEAST:
            raise ValidationError(
                _(
                    "This password is too short: it needs at least %(least)s characters. Four plain words are good."
                ),
                code="too_short",
                params={"least": LEAST},
            )
        if len(password) > MOST:
            raise ValidationError(
                _("This password is too long: %(most)s characters are the most."),
                code="too_long",
                params={"most": MOST},
            )

    def get_help_text(self) -> Any:
        return _("At least 12 characters. Four plain words are a good password.")


class NotRepeated:
    """Twelve times the same, or a short piece over and over, is guessed at once."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(set(password)) < 5 or re.fullmatch(r"(.{1,4}?)\1{2,}.{0,3}", password):
            raise ValidationError(
                _("This password repeats itself. Take words that do not belong together."), code="repeated"
            )

    def get_help_text(self) -> Any:
        return ""


class NotCommon(CommonPasswordValidator):
    """Not one of the twenty thousand that attackers try first."""

    def validate(self, password: str, user: Any = None) -> None:
        if password.strip().lower() in self.passwords:
            raise ValidationError(
                _("This password is one of the first that attackers try. Please choose another."),
                code="common",
            )

    def get_help_text(self) -> Any:
        return ""


class NotAboutYou:
    """Not made of one's own e-mail address."""

    def validate(self, password: str, user: Any = None) -> None:
        email = (getattr(user, "email", "") or "").lower()
        local, _at, domain = email.partition("@")
        given = password.lower()
        rest = given
        for piece in sorted({email, local, domain, *domain.split(".")}, key=len, reverse=True):
            if len(piece) >= 4:
                rest = rest.replace(piece, "")
        if rest != given and len(rest) < 8:
            raise ValidationError(
                _(
                    "This password is made of your e-mail address. Please choose something that others do not know."
                ),
                code="about_you",
            )

    def get_help_text(self) -> Any:
        return ""


def is_weak(password: str, account: Any) -> bool:
    """Whether a password that opens the account is one that may no longer be set: too short, common, about its owner."""
    try:
        validate_password(password[:MOST], account)
    except ValidationError:
        return True
    return False
