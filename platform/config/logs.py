"""Log lines carry the tenant by construction: from the context, never by the caller's care."""

from __future__ import annotations

import logging

from kernel import context


class TenantFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        found = context.maybe()
        if not hasattr(record, "tenant"):
            record.tenant = found.tenant.schema if found and found.tenant else "-"
        if not hasattr(record, "request"):
            record.request = found.request_id if found and found.request_id else "-"
        return True
