"""The account's session and user, on the account and operator hosts only: workspaces never read them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from identity import factors, queries
from kernel import signing
from ui.answers import FLASH_COOKIE

ACCOUNT_SITES = ("public", "operator")
SET_UP = "/account/second-factor/set-up/"


class AccountSessionMiddleware(SessionMiddleware):
    """Django's sessions, for hosts where accounts sign in."""

    def __call__(self, request: Any) -> Any:
        if request.site not in ACCOUNT_SITES:
            return self.get_response(request)
        return super().__call__(request)


class AccountUserMiddleware(AuthenticationMiddleware):
    """Sets ``request.user``, and ``request.operator`` on the console's host.

    An operator without a second factor is led to its set-up first. What a form's flow
    has to say after a redirect (``request.notice``) is carried on as the toast.
    """

    def __call__(self, request: Any) -> Any:
        if request.site not in ACCOUNT_SITES:
            return self.get_response(request)
        return super().__call__(request)

    def process_request(self, request: Any) -> HttpResponse | None:
        super().process_request(request)
        if request.site != "operator" or not request.user.is_authenticated:
            return None
        operator = queries.operator_of(request.user)
        if operator is not None and not factors.is_on(request.user):
            elsewhere = not request.path.startswith("/account/")
            return HttpResponseRedirect(SET_UP) if elsewhere else None
        request.operator = operator
        return None

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        words = getattr(request, "notice", "")
        if words and 300 <= response.status_code < 400:
            token = signing.sign("flash", {"words": words, "undo": ""})
            response.set_cookie(FLASH_COOKIE, token, max_age=60, httponly=True, samesite="Lax")
        return response
