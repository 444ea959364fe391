"""Log lines carry company, request, job and release by construction: from the context, never by the caller's care."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from functools import cache

from kernel import context

# What our own lines carry beside their words, as fields that a collector can count.
FIELDS = ("route", "status", "queue", "outcome", "ms")


@cache
def _release() -> str:
    from django.conf import settings

    return str(settings.TEREM_RELEASE)


class TenantFilter(logging.Filter):
    """Gives every record ``tenant`` (a schema's name or -), ``request`` (an id or -), ``job`` (name/id or -), ``release``."""

    def filter(self, record: logging.LogRecord) -> bool:
        found = context.maybe()
        if not hasattr(record, "tenant"):
            record.tenant = found.tenant.schema if found and found.tenant else "-"
        given = getattr(record, "request", None)
        if not isinstance(given, str):
            # Django's own records carry the request itself.
            own = getattr(given, "id", "") or (found.request_id if found else "")
            record.request = own or "-"
        record.job = (found.job if found else "") or "-"
        record.release = _release()
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for collectors; times in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "release": getattr(record, "release", "-"),
            "tenant": getattr(record, "tenant", "-"),
            "request": getattr(record, "request", "-"),
            "job": getattr(record, "job", "-"),
            "message": record.getMessage(),
        }
        line |= {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
