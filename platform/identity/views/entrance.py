"""Signing in and out, codes by mail, a forgotten password."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.account.internal.userkit import user_id_to_str
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as factor
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from identity import factors, passkeys
from identity.actions import together
from identity.forms import SignInForm
from identity.views import shown
from kernel.errors import TooMany
from kernel.web import public
from ui.answers import error


class _SignIn(account.LoginView):
    """A code that is waited for, from a sign-up or a sign-in begun here, does not bar the way to this page."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        return None


class _Passkey(webauthn.LoginWebAuthnView):
    """Signing in without a password. The script of the sign-in page asks for options, then posts the answer."""

    template_name = "identity/sign_in.html"

    def form_valid(self, form: Any) -> HttpResponse:
        used = form.cleaned_data["credential"]
        login = Login(user=used.user, redirect_url=get_next_redirect_url(self.request))
        response: HttpResponse = perform_passwordless_login(self.request, used, login)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        words = form.errors["credential"]
        return self.render_to_response(self.get_context_data(form=SignInForm(), refused=words))


class _MailCode(account.ConfirmEmailVerificationCodeView):
    """What the right code brings about (address, session, sign-in) is written together: one wait for the disk."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Who signs in is whose address is proved; read once.
        login = self.stage.login if self.stage else None
        if login and login.user and self._process.state.get("user_id") == user_id_to_str(login.user):
            self._process._user = login.user
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        return together(super().form_valid, form)


class _Factor(factor.AuthenticateView):
    """The second factor after the password: an app's code, a passkey, or a recovery code."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = self.stage.login.user
        values = super().get_context_data(**kwargs)
        return {**values, "app_on": factors.has_app(account), "has_passkey": bool(passkeys.of(account))}


_passkey = _Passkey.as_view()
_sign_in = _SignIn.as_view(template_name="identity/sign_in.html")
_sign_out = account.LogoutView.as_view(template_name="identity/sign_out.html")
_mail_code = _MailCode.as_view(template_name="identity/mail_code.html")
_forgotten = account.PasswordResetView.as_view(template_name="identity/forgotten.html")
_reset_code = account.ConfirmPasswordResetCodeView.as_view(template_name="identity/reset_code.html")
_reset = account.CompletePasswordResetView.as_view(template_name="identity/reset.html")
_inactive = account.AccountInactiveView.as_view(template_name="identity/inactive.html")
_factor = _Factor.as_view(template_name="identity/factor.html")


@public()
def sign_up(request: HttpRequest) -> HttpResponse:
    """Accounts are made with a workspace; that page stands on the public site."""
    return HttpResponseRedirect(
        f"{settings.TEREM_SCHEME}://{settings.TEREM_DOMAIN}{settings.TEREM_PORT_SUFFIX}/signup/"
    )


@public()
def sign_in(request: HttpRequest) -> HttpResponse:
    return shown(request, _sign_in)


@public()
def passkey(request: HttpRequest) -> HttpResponse:
    return shown(request, _passkey)


@public()
def sign_out(request: HttpRequest) -> HttpResponse:
    return shown(request, _sign_out)


@public()
def mail_code(request: HttpRequest) -> HttpResponse:
    """The code that proves an address: after signing up, and after changing the address."""
    return shown(request, _mail_code)


@public()
def forgotten(request: HttpRequest) -> HttpResponse:
    return shown(request, _forgotten)


@public()
def reset_code(request: HttpRequest) -> HttpResponse:
    return shown(request, _reset_code)


@public()
def reset(request: HttpRequest) -> HttpResponse:
    return shown(request, _reset)


@public()
def inactive(request: HttpRequest) -> HttpResponse:
    return shown(request, _inactive)


@public()
def second_factor(request: HttpRequest) -> HttpResponse:
    return shown(request, _factor)


def too_many(request: HttpRequest) -> HttpResponse:
    """429, where allauth's own limits end."""
    return error(request, TooMany())
