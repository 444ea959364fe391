"""The account's own passkeys: add, rename, remove."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth
from django.http import HttpRequest, HttpResponse

from identity import actions, factors, passkeys
from identity.views import shown
from kernel.web import account as signed_in

PLACE = {"place": "security"}
HOME = "/account/security/"


class _Add(webauthn.AddWebAuthnView):
    """Asks the browser for a passkey that the device keeps, so that it opens the account alone."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        values = super().get_context_data(**kwargs)
        options = auth.begin_registration(self.request.user, passwordless=True)
        return {**values, "js_data": {"creation_options": options}}


class _Remove(webauthn.RemoveWebAuthnView):
    success_url = HOME

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = self.request.user
        last = not factors.has_app(account) and len(passkeys.of(account)) == 1
        return super().get_context_data(**kwargs, last=last)


class _Rename(webauthn.EditWebAuthnView):
    success_url = HOME


_add = _Add.as_view(template_name="identity/passkey_add.html", extra_context=PLACE)
_rename = _Rename.as_view(template_name="identity/passkey_name.html", extra_context=PLACE)
_remove = _Remove.as_view(template_name="identity/passkey_remove.html", extra_context=PLACE)


@signed_in()
def add(request: HttpRequest) -> HttpResponse:
    """A new passkey. With the first factor, browsers that signed in without one have to sign in again."""
    before = factors.is_on(request.user)
    response = shown(request, _add)
    if not before and factors.is_on(request.user):
        actions.end_sessions(account=request.user, but=request.session.session_key or "")
    return response


@signed_in()
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    return shown(request, _rename, pk=pk)


@signed_in()
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    return shown(request, _remove, pk=pk)
