"""allauth's forms with our labels, our reading of addresses, and our slow-down at codes."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as factor
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.totp import forms as totp
from django import forms
from django.utils.translation import gettext_lazy as _

from identity import adapter, events, factors, notices, queries, sessions, slowdown
from ui.forms import EmailField

PASSWORD_HELP = _("At least 12 characters. Four plain words are a good password.")


def _words(form: forms.Form, name: str, label: Any, help: Any = "", **attributes: Any) -> None:
    field = form.fields[name]
    field.label, field.help_text = label, help
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)


def _code(form: forms.Form, label: Any, help: Any = "") -> None:
    _words(
        form,
        "code",
        label,
        help,
        inputmode="text",
        autocapitalize="characters",
        spellcheck="false",
        autofocus=True,
    )


class SignInForm(account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = EmailField(label=_("E-mail"))
        self.order_fields(["login", "password"])
        _words(self, "password", _("Password"))
        if not self.is_bound:
            self.fields["login"].widget.attrs["autofocus"] = True


class PasswordAgainForm(account.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _words(self, "password", _("Password"), autofocus=True)


def _open_mail_code(form: Any) -> None:
    """Let allauth compare a code that went out by mail, of which the session keeps the digest only."""
    typed = str(form.cleaned_data["code"])
    right = sessions.is_code(typed=typed, kept=str(form.expected_code or ""))
    form.expected_code = typed if right else ""
    events.proved("mail code", "accepted" if right else "refused")


class MailCodeForm(account.ConfirmEmailVerificationCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, _("Code from the letter"))

    def clean_code(self) -> str:
        _open_mail_code(self)
        code = str(account.BaseConfirmCodeForm.clean_code(self))
        if queries.is_of_another(self.email, self.user):
            raise adapter.AccountAdapter().validation_error("email_taken")
        return code


class ResetCodeForm(account.ConfirmPasswordResetCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, _("Code from the letter"))

    def clean_code(self) -> str:
        _open_mail_code(self)
        return str(super().clean_code())


class ForgottenForm(account.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = EmailField(label=_("E-mail"))
        self.fields["email"].widget.attrs["autofocus"] = True


class NewPasswordForm(account.ResetPasswordKeyForm):
    """Asked once: what was mistyped can be set anew by mail, and managers of passwords type it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _words(self, "password1", _("New password"), PASSWORD_HELP, autofocus=True)


class ChangePasswordForm(account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _words(self, "oldpassword", _("Present password"))
        _words(self, "password1", _("New password"), PASSWORD_HELP)

    def clean_oldpassword(self) -> str:
        request, subject = context.request, self.user.email.lower()
        way = adapter.direction(request, "password", subject, self.user)
        adapter.claim(request, way)
        try:
            given = super().clean_oldpassword()
        except forms.ValidationError:
            events.proved("password", "refused", account=self.user, way=way)
            raise
        events.proved("password", "accepted", account=self.user, way=way)
        slowdown.succeeded(way)
        return given


class ChangeEmailForm(account.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = EmailField(label=_("New e-mail"))


def _use_code(form: Any) -> str:
    """Check a code of the second factor, slowly for guessers; the form then knows what was used."""
    request, code = context.request, form.cleaned_data["code"]
    way = adapter.direction(request, "code", str(form.user.pk), form.user)
    adapter.claim(request, way)
    used = factors.use(account=form.user, code=code)
    if used is None:
        again = factors.was_used(form.user, code)
        events.proved("code", "used again" if again else "refused", account=form.user, way=way)
        if again:
            notices.warn_of_second_use(form.user)
        notices.warn_of_guessing(form.user, way)
        raise adapter.SecondFactorAdapter().validation_error("incorrect_code")
    events.proved("code", "accepted", account=form.user, way=way)
    slowdown.succeeded(way)
    used.user = form.user
    form.authenticator = used
    return str(code)


class SecondFactorForm(factor.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, _("Code"), _("Six digits from your app, or one of your recovery codes."))

    def clean_code(self) -> str:
        return _use_code(self)


class SecondFactorAgainForm(factor.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, _("Code"), _("Six digits from your app, or one of your recovery codes."))

    def clean_code(self) -> str:
        return _use_code(self)

    def save(self) -> None:
        post_authentication(context.request, self.authenticator, reauthenticated=True)


class SetUpForm(totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self, _("Code from the app"))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"
