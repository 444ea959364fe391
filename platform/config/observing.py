"""Settings of watching: log lines, figures, errors and traces for collectors, the checks of the status page."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from config import env

_PRODUCTION = os.environ.get("TEREM_ENV", "production") == "production"


def _version() -> str:
    """The version of the source beside this module; in an image without it the release must be told."""
    source = Path(__file__).resolve().parents[2] / "pyproject.toml"
    if not source.exists():
        return "unknown"
    return str(tomllib.loads(source.read_text("utf-8"))["project"]["version"])


TEREM_RELEASE = (
    env.text(
        "TEREM_RELEASE",
        "Name of this release in logs, errors and traces, such as a commit; empty: the version.",
        "",
    )
    or _version()
)
TEREM_SENTRY = env.text("TEREM_SENTRY", "Address of an error collector (Sentry); empty: none.", "")
TEREM_METRICS_TOKEN = env.text(
    "TEREM_METRICS_TOKEN", "What Prometheus sends to read /metrics on the operators' host; empty: closed.", ""
)
TEREM_TRACES = env.text(
    "TEREM_TRACES", "Address of an OpenTelemetry collector (OTLP over HTTP, JSON); empty: no traces.", ""
)
TEREM_TRACES_PERCENT = env.number(
    "TEREM_TRACES_PERCENT", "How many requests and jobs of a hundred are traced.", 10, least=0, most=100
)
TEREM_PROBE = env.text(
    "TEREM_PROBE", "Address of the web processes that the checks of the status page ask; empty: none.", ""
)

TEREM_LOG_FORMAT = env.choice(
    "TEREM_LOG_FORMAT",
    "How log lines look: for people, or one JSON object a line.",
    ("line", "json"),
    "json" if _PRODUCTION else "line",
)
_LEVEL = env.choice("TEREM_LOG", "Least level that is logged.", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"tenant": {"()": "config.logs.TenantFilter"}},
    "formatters": {
        "line": {"()": "config.logs.LineFormatter"},
        "json": {"()": "config.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": TEREM_LOG_FORMAT, "filters": ["tenant"]}
    },
    "root": {"handlers": ["console"], "level": _LEVEL},
    "loggers": {
        "django": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
        "fontTools": {"level": "ERROR"},
        # At "info" it writes each request with its parameters.
        "stripe": {"level": "WARNING"},
        # Worn and broken connections are closed by us on purpose; the pool would warn of each.
        "psycopg.pool": {"level": "ERROR"},
    },
}
