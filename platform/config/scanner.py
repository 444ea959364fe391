"""Where the scanner answers that looks at uploads; read strictly."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from config import env

PORT = 3310


def address() -> tuple[str, int] | None:
    """Host and port of ``TEREM_SCANNER`` (3310 unless said), or None. Raises ``ImproperlyConfigured``."""
    words = "Scanner (clamd) that looks at uploads, host:port; empty: none."
    value = env.text("TEREM_SCANNER", words, "")
    if not value:
        return None
    host, _colon, port = value.partition(":")
    port = port or str(PORT)
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ImproperlyConfigured(f"TEREM_SCANNER must look like scanner:{PORT}, not {value!r}.")
    return host, int(port)
