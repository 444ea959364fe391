"""Errors to a collector (Sentry): what broke and where, for which workspace, and nothing about people.

Nothing is removed here: an event is built anew from the few parts that our own
source determines. Values, locals, messages, addresses, headers, cookies, bodies
and breadcrumbs' texts are never copied.
"""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings

from kernel import context

_PLAIN = ("event_id", "timestamp", "level", "platform", "logger", "release", "environment", "sdk", "modules")
_FRAME = ("filename", "module", "function", "lineno", "in_app", "pre_context", "context_line", "post_context")
_CRUMB = ("type", "category", "level", "timestamp")
# Our own templates of log messages and Django's are fixed texts; of others nobody knows.
_KNOWN_LOGGERS = ("terem.", "django.")
_MAIL_OR_NUMBER = re.compile(r"\S+@\S+|\+?\d[\d\s().-]{5,}\d")


def start() -> None:
    """Send errors to TEREM_SENTRY, if it is set."""
    if not settings.TEREM_SENTRY:
        return
    # Two hundredths of every start, for those who asked for it.
    import sentry_sdk

    sentry_sdk.init(
        dsn=settings.TEREM_SENTRY,
        environment=settings.TEREM_ENV,
        release=settings.TEREM_RELEASE,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        auto_session_tracking=False,
        server_name="",
        before_send=rebuilt,
        before_breadcrumb=_crumb,
    )


def rebuilt(event: Any, hint: Any) -> Any:
    """The event that is sent: the known parts of the one that the library made."""
    made: dict[str, Any] = {name: event[name] for name in _PLAIN if name in event}
    made["tags"] = _tags()
    if "exception" in event:
        made["exception"] = {"values": [_exception(one) for one in _values(event["exception"])]}
    if "logentry" in event:
        made["logentry"] = {"message": _template(event)}
    if "breadcrumbs" in event:
        made["breadcrumbs"] = {"values": [_crumb(one, None) for one in _values(event["breadcrumbs"])]}
    method = (event.get("request") or {}).get("method")
    if method:
        made["request"] = {"method": method}
    trace = (event.get("contexts") or {}).get("trace") or {}
    made["contexts"] = {"trace": {key: trace[key] for key in ("trace_id", "span_id") if key in trace}}
    return made


def _tags() -> dict[str, str]:
    found = context.maybe()
    if found is None:
        return {}
    tags = {"request": found.request_id, "cause": found.cause, "job": found.job}
    if found.tenant is not None:
        tags |= {"tenant": found.tenant.schema, "release.schema": found.tenant.release}
    return {name: value for name, value in tags.items() if value}


def _values(part: Any) -> list[Any]:
    values: list[Any] = part.get("values") or [] if isinstance(part, dict) else list(part)
    return values


def _exception(one: dict[str, Any]) -> dict[str, Any]:
    """Kind and place of an exception. Its words may quote a row, so they stay here."""
    frames = (one.get("stacktrace") or {}).get("frames") or []
    mechanism = one.get("mechanism") or {}
    return {
        "type": one.get("type"),
        "module": one.get("module"),
        "mechanism": {key: mechanism[key] for key in ("type", "handled") if key in mechanism},
        "stacktrace": {"frames": [{key: frame[key] for key in _FRAME if key in frame} for frame in frames]},
    }


def _template(event: dict[str, Any]) -> str:
    """The log message without what was filled in; nothing from libraries that fill in by themselves."""
    if not str(event.get("logger") or "").startswith(_KNOWN_LOGGERS):
        return str(event.get("logger") or "message")
    return _MAIL_OR_NUMBER.sub("…", str(event["logentry"].get("message") or ""))


def _crumb(crumb: Any, hint: Any) -> Any:
    return {key: crumb[key] for key in _CRUMB if key in crumb}
