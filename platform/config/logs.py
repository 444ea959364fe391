"""Log lines carry company, request, job and release by construction: from the context, never by the caller's care."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from functools import cache

from kernel import context

# What our own lines carry beside their words, as fields that a collector can count.
FIELDS = ("route", "status", "queue", "outcome", "ms")

# What would begin a new line, or write over one, wherever lines are read: by a terminal, by a collector.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def plain(text: str) -> str:
    """The text on one line: what could break it or steer a terminal stands there as its escape."""
    return _BREAKS.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


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
        # JSON escapes the first 32 characters itself; the others that break lines are escaped as it would.
        told = json.dumps(line, ensure_ascii=False, default=str)
        return _BREAKS.sub(lambda found: f"\\u{ord(found.group()):04x}", told)


class LineFormatter(logging.Formatter):
    """For people: a record begins at the start of a line, and nothing else does, whatever was filled in.

    A traceback goes on below it, each line marked; values in it cannot look like a record either.
    """

    FORMAT = "%(asctime)s %(levelname).1s %(release)s %(tenant)s %(request)s %(job)s %(name)s: %(message)s"
    MARK = "    | "

    def __init__(self) -> None:
        super().__init__(self.FORMAT, "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage()
        record.asctime = self.formatTime(record, self.datefmt)
        below = self.formatException(record.exc_info) if record.exc_info else ""
        if record.stack_info:
            below += f"\n{record.stack_info}"
        rows = [row for row in below.split("\n") if row]
        return "\n".join([plain(self.formatMessage(record)), *(self.MARK + plain(row) for row in rows)])
