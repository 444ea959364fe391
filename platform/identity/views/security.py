"""Settings of the account: password, e-mail, second factor."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from identity import actions, factors, passkeys
from identity.views import shown
from kernel.web import account as signed_in
from ui import answers

_password_again = account.ReauthenticateView.as_view(template_name="identity/password_again.html")
_factor_again = factor.ReauthenticateView.as_view(template_name="identity/factor_again.html")


class _PasskeyAgain(webauthn.ReauthenticateWebAuthnView):
    """An answer that is not accepted is said on this page, where it can be tried again."""

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data())


_passkey_again = _PasskeyAgain.as_view(template_name="identity/passkey_again.html")


def _page(view: Any, template: str, place: str = "security") -> Any:
    return view.as_view(template_name=f"identity/{template}", extra_context={"place": place})


_password = _page(account.PasswordChangeView, "password.html")
_email = _page(account.EmailView, "email.html", "email")
_set_up = _page(totp.ActivateTOTPView, "set_up.html")


class _RemoveApp(totp.DeactivateTOTPView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, last=not passkeys.of(self.request.user))


_remove = _page(_RemoveApp, "remove.html")
_codes = _page(codes.ViewRecoveryCodesView, "codes.html")
_new_codes = _page(codes.GenerateRecoveryCodesView, "new_codes.html")
_codes_file = codes.DownloadRecoveryCodesView.as_view(template_name="identity/codes.txt")


@signed_in()
def start(request: HttpRequest) -> HttpResponse:
    """/account/ itself leads to what people look for there."""
    return HttpResponseRedirect("/account/security/")


@signed_in()
def security(request: HttpRequest) -> HttpResponse:
    """What guards the account, on one page."""
    on = factors.is_on(request.user)
    values = {
        "passkeys": passkeys.of(request.user),
        "app_on": factors.has_app(request.user),
        "factor_on": on,
        "left": factors.left_codes(request.user) if on else 0,
        "place": "security",
    }
    return answers.page(request, "identity/security.html", values)


@signed_in()
def password_again(request: HttpRequest) -> HttpResponse:
    return shown(request, _password_again)


@signed_in()
def factor_again(request: HttpRequest) -> HttpResponse:
    return shown(request, _factor_again)


@signed_in()
def passkey_again(request: HttpRequest) -> HttpResponse:
    return shown(request, _passkey_again)


@signed_in()
def password(request: HttpRequest) -> HttpResponse:
    """Changing it signs the account out everywhere else; Django does that by the session's hash."""
    return shown(request, _password)


@signed_in()
def email(request: HttpRequest) -> HttpResponse:
    return shown(request, _email)


@signed_in()
def set_up(request: HttpRequest) -> HttpResponse:
    """Switch the second factor on. Browsers that signed in without it have to sign in again."""
    before = factors.is_on(request.user)
    response = shown(request, _set_up)
    if not before and factors.is_on(request.user):
        factors.note_first_use(account=request.user, code=request.POST.get("code", ""))
        actions.end_sessions(account=request.user, but=request.session.session_key or "")
    return response


@signed_in()
def remove(request: HttpRequest) -> HttpResponse:
    return shown(request, _remove)


@signed_in()
def recovery_codes(request: HttpRequest) -> HttpResponse:
    return shown(request, _codes)


@signed_in()
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    return shown(request, _new_codes)


@signed_in()
def recovery_codes_file(request: HttpRequest) -> HttpResponse:
    return shown(request, _codes_file)
