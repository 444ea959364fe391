"""Where the companies' backups lie: a folder, or a bucket that speaks S3. Read strictly, both or neither."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import env

_BUCKET = "abcdefghijklmnopqrstuvwxyz0123456789.-"
_PREFIX = _BUCKET + _BUCKET.upper() + "_/"


def bucket(*, production: bool, plain: bool) -> dict[str, Any] | None:
    """The bucket of ``TEREM_BACKUP_STORE=s3``, None for a folder. ``plain`` allows production without TLS.

    Raises ``ImproperlyConfigured`` for a bucket that is set in part, or set but not chosen in production.
    """
    kind = env.choice("TEREM_BACKUP_STORE", "Where backups lie.", ("folder", "s3"), "folder")
    found = {
        "endpoint": env.text("TEREM_S3_ENDPOINT", "Address of the S3 server (https://…).", ""),
        "bucket": env.text("TEREM_S3_BUCKET", "The bucket; it must exist.", ""),
        "key_id": env.text("TEREM_S3_KEY_ID", "Name of the access key.", ""),
        "secret_key": env.text("TEREM_S3_SECRET_KEY", "The access key's secret.", ""),
    }
    more = {
        "prefix": env.text("TEREM_S3_PREFIX", "What every key in the bucket begins with.", "terem"),
        "region": env.text("TEREM_S3_REGION", "Region that requests are signed for.", "us-east-1"),
        "path_style": env.flag("TEREM_S3_PATH_STYLE", "The bucket is a path, not a name of a host.", True),
    }
    if kind == "folder":
        _expect_nothing(found, production)
        return None
    missing = [f"TEREM_S3_{name.upper()}" for name, value in found.items() if not value]
    if missing:
        raise ImproperlyConfigured(f"TEREM_BACKUP_STORE is s3, but not set: {', '.join(missing)}.")
    _check(found["endpoint"], found["bucket"], str(more["prefix"]), secure=production and not plain)
    return {**found, **more}


def _expect_nothing(found: dict[str, str], production: bool) -> None:
    """Somebody who sets a bucket believes that backups go there."""
    idle = [f"TEREM_S3_{name.upper()}" for name, value in found.items() if value]
    if idle and production:
        raise ImproperlyConfigured(
            f"{', '.join(idle)} would have no effect: set TEREM_BACKUP_STORE to s3, or take these away."
        )


def _check(endpoint: str, name: str, prefix: str, *, secure: bool) -> None:
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ImproperlyConfigured("TEREM_S3_ENDPOINT must look like https://s3.example.com, without a path.")
    if secure and parts.scheme != "https":
        raise ImproperlyConfigured("TEREM_S3_ENDPOINT must be https in production.")
    if not 3 <= len(name) <= 63 or set(name) - set(_BUCKET):
        raise ImproperlyConfigured("TEREM_S3_BUCKET must be 3 to 63 small letters, digits, dots and hyphens.")
    if set(prefix) - set(_PREFIX) or prefix != prefix.strip("/") or not prefix:
        raise ImproperlyConfigured(
            "TEREM_S3_PREFIX must be letters, digits, dots, hyphens, underscores and inner slashes."
        )
