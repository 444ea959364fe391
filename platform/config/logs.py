"""Log lines carry the tenant by construction: from the context, never by the caller's care."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from kernel import context


class TenantFilter(logging.Filter):
    """Gives every record ``tenant`` (a schema's name or -) and ``request`` (an id or -)."""

    def filter(self, record: logging.LogRecord) -> bool:
        found = context.maybe()
        if not hasattr(record, "tenant"):
            record.tenant = found.tenant.schema if found and found.tenant else "-"
        given = getattr(record, "request", None)
        if not isinstance(given, str):
            # Django's own records carry the request itself.
            own = getattr(given, "id", "") or (found.request_id if found else "")
            record.request = own or "-"
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for collectors; times in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "tenant": getattr(record, "tenant", "-"),
            "request": getattr(record, "request", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
