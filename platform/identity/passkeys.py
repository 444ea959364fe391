"""Passkeys: signing in with a device that knows its owner, without a password (W3C Web Authentication, level 3).

One passkey serves the account host and the operators' host. Browsers would let any
subdomain, a workspace's too, ask for it; so an answer counts only if the browser says that
it was given to the very host that reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms
from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import TextInput
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity import events
from ui.forms import TextField

NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as its owner knows it."""

    id: int
    name: str
    added_at: datetime
    used_at: datetime | None


def of(account: Any) -> list[Passkey]:
    """The passkeys of an account, the oldest first."""
    held = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.WEBAUTHN).order_by("pk")
    return [Passkey(row.pk, row.wrap().name, row.created_at, row.last_used_at) for row in held]


def _name(**more: Any) -> TextField:
    widget = TextInput(attrs={"autocomplete": "off"})
    return TextField(label=pgettext_lazy("of a thing", "Name"), max_length=NAME_LENGTH, widget=widget, **more)


def _refuse() -> ValidationError:
    return ValidationError(_("This passkey was not accepted. Please try again."), code="passkey")


def _check_origin(response: Any) -> None:
    """Raise ``ValidationError`` unless the browser answered this host, and no subdomain beside it."""
    here = f"{settings.TEREM_SCHEME}://{context.request.get_host()}"
    if response.response.client_data.origin != here:
        raise _refuse()


class AddForm(forms.AddWebAuthnForm):
    """A new passkey: always one that the device keeps and guards with a finger, a face or a PIN."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]
        self.fields["name"] = _name(
            required=False, help_text=_("So that you know it again, for example: my phone.")
        )

    def clean(self) -> dict[str, Any]:
        credential = self.cleaned_data.get("credential")
        try:
            if credential:
                _check_origin(auth.parse_registration_response(credential))
            self.cleaned_data["passwordless"] = True
            return dict(super().clean())
        except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise _refuse() from error


class _Answer(forms.AuthenticateWebAuthnForm):
    """What the browser says for a passkey; anything odd in it is one refusal."""

    def clean_credential(self) -> Authenticator:
        try:
            _check_origin(auth.parse_authentication_response(self.cleaned_data["credential"]))
            used = super().clean_credential()
        except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
            events.proved("passkey", "refused", account=self.user)
            raise _refuse() from error
        events.proved("passkey", "accepted", account=used.user)
        return used


class SignInForm(_Answer):
    """Without a password: the passkey says who it is."""

    passwordless = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=None, **kwargs)


class FactorForm(_Answer):
    """After the password."""


class AgainForm(_Answer):
    """Before something that concerns the safety of the account."""

    reauthenticated = True


class RenameForm(forms.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name()
        self.fields["name"].widget.attrs["autofocus"] = True


def names_for(account: Any) -> str:
    """What a new passkey is called until its owner calls it otherwise."""
    count = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.WEBAUTHN).count()
    return str(_("Passkey %(number)s") % {"number": count + 1})


def relying_party() -> dict[str, str]:
    """Whom a passkey is made for: the platform's name, which the operators' host shares."""
    return {"id": str(settings.TEREM_DOMAIN), "name": "Terem"}
