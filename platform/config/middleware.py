"""Who asks, in which language and zone; and the log entry for a record that is not theirs to see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header

from config import preferences
from crm_core.access.actions import note_view
from crm_core.access.queries import PREFIX, visit_by_key, visitor
from crm_core.records.actions import note_refusal
from crm_core.records.queries import Refused
from crm_core.team.actions import note_seen
from crm_core.team.models import Session
from crm_core.team.queries import is_ended, session_by_key
from kernel import context
from kernel.errors import TeremError, Unavailable
from kernel.lost import by_the_way
from kernel.parts import Choice
from kernel.when import format_when, now, read_zone
from ui.answers import error, sent_on

# Writing "seen just now" with every request would make each page a write.
SEEN_EVERY = timedelta(minutes=5)

LANGUAGES = preferences.LANGUAGES
PREFERENCE_AGE = 365 * 24 * 3600

View = Callable[[HttpRequest], HttpResponse]


class MemberMiddleware:
    """On a workspace's host: ``request.member``, ``request.session_row`` and ``request.parts``, read in one query.

    Without a session only views declared as entry (and such without declaration, like
    health) are answered; others lead to the entrance.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.member = None  # type: ignore[attr-defined]
        request.session_row = None  # type: ignore[attr-defined]
        request.visit = None  # type: ignore[attr-defined]
        request.parts = Choice()  # type: ignore[attr-defined]
        if getattr(request, "site", "") != "workspace":
            return self.get_response(request)
        try:
            if request.COOKIES.get(settings.WORKSPACE_COOKIE, "").startswith(PREFIX):
                return self._visited(request)
            session = _session(request)
        except TeremError as found:
            # Nobody has chosen a language yet: the browser's own has to do.
            with translation.override(_language(request, "")):
                return error(request, found)
        if session is None:
            return self.get_response(request)
        member = session.member
        request.member = member  # type: ignore[attr-defined]
        request.session_row = session  # type: ignore[attr-defined]
        request.parts = Choice.read(session.parts)  # type: ignore[attr-defined]
        with context.altered(actor=member.id, language=member.language, zone=member.zone):
            return self.get_response(request)

    def _visited(self, request: HttpRequest) -> HttpResponse:
        """An operator whom the administrator let in: each page is noted first, and nothing changes unless granted."""
        visit = visit_by_key(request.COOKIES[settings.WORKSPACE_COOKIE])
        if visit is None:
            return self.get_response(request)
        member: Any = visitor(visit.access)
        request.parts = Choice.read(visit.parts)  # type: ignore[attr-defined]
        request.visit, request.session_row, request.member = visit, visit, member  # type: ignore[attr-defined]
        with context.altered(actor=member.id, cause="operator", language=member.language, zone=member.zone):
            note_view(by=member, visit=visit, method=request.method or "", path=request.path)
            with context.altered(read_only=not visit.access.may_change):
                return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if getattr(request, "site", "") != "workspace" or request.member is not None:  # type: ignore[attr-defined]
            return None
        route = getattr(view, "route", None)
        if route is None or route.kind in ("entry", "public"):
            return None
        wanted = request.get_full_path() if request.method == "GET" and not _is_part(request) else ""
        query = f"?{urlencode({'next': wanted})}" if wanted not in ("", "/") else ""
        response = sent_on(request, f"/enter/{query}")
        key = request.COOKIES.get(settings.WORKSPACE_COOKIE, "")
        if key:
            response.delete_cookie(settings.WORKSPACE_COOKIE, samesite="Lax")
        if key and not key.startswith(PREFIX) and is_ended(key):
            # Ended on purpose, perhaps because the device is in other hands: drafts go too.
            response.headers["Clear-Site-Data"] = '"storage"'
        return response


def _session(request: HttpRequest) -> Session | None:
    key = request.COOKIES.get(settings.WORKSPACE_COOKIE, "")
    session = session_by_key(key) if key else None
    if session is not None and now() - session.seen_at > SEEN_EVERY:
        with by_the_way():
            note_seen(session=session)
    return session


def _is_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


class LanguageMiddleware:
    """The member's language and zone; elsewhere what was chosen here, then what the browser asks for."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = preferences.chosen(request)
        language = _language(request, chosen.get("lang", ""))
        zone = _zone(request)
        with (
            translation.override(language),
            timezone.override(zone),
            context.altered(language=language),
        ):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        if chosen:
            response.set_cookie(
                settings.PREFERENCE_COOKIE,
                urlencode(preferences.kept(request) | chosen),
                max_age=PREFERENCE_AGE,
                secure=settings.CSRF_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def _language(request: HttpRequest, chosen: str) -> str:
    member = getattr(request, "member", None)
    if member is not None:
        return member.language if member.language in LANGUAGES else LANGUAGES[0]
    if chosen:
        return chosen
    kept = preferences.kept(request).get("lang")
    if kept:
        return kept
    for wanted, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        if wanted.partition("-")[0] in LANGUAGES:
            return wanted.partition("-")[0]
    tenant = getattr(request, "tenant", None)
    return tenant.language if tenant is not None and tenant.language in LANGUAGES else LANGUAGES[0]


def _zone(request: HttpRequest) -> Any:
    found = context.maybe()
    return read_zone(found.zone if found else "UTC")


# What may be sent while nothing may be changed: signing in on the account host, leaving a workspace.
SENT_ALWAYS = ("/account/", "/leave/")


class MaintenanceMiddleware:
    """While the platform or the workspace is read-only, a change is refused with a sentence and a time."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        work = getattr(request, "work", None)
        if work is None or request.method in ("GET", "HEAD") or request.path.startswith(SENT_ALWAYS):
            return None
        until = format_when(work.until, language=get_language() or "en", zone=_zone_name(), style="moment")
        words = _("Changes are paused for maintenance, until %(until)s as planned. Nothing was saved.")
        return error(request, Unavailable(words, until=until, retry_after=work.retry_after))


def _zone_name() -> str:
    found = context.maybe()
    return found.zone if found else "UTC"


class RefusalMiddleware:
    """Innermost: writes down who asked for a record that is not theirs to see; the answer stays the 404."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, found: Exception) -> None:
        member = getattr(request, "member", None)
        if isinstance(found, Refused) and member is not None:
            # A visitor for reading only leaves this note too.
            with context.altered(read_only=False):
                note_refusal(by=member, card=found.card, path=request.path)
