"""Reading settings from environment variables: strict, with one sentence for each mistake.

Every variable is declared here by being read; ``DECLARED`` feeds the handbook's
page on operations and the house test that compares the two.
"""

from __future__ import annotations

import base64
import ipaddress
import os
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

DECLARED: dict[str, str] = {}


def text(name: str, words: str, default: str | None = None) -> str:
    """A text; without a default it must be set."""
    DECLARED[name] = words
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set: {words}")
    return value


def number(name: str, words: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    """A whole number within bounds."""
    value = text(name, words, str(default))
    if not value.isdecimal() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}, not {value!r}.")
    return int(value)


def flag(name: str, words: str, default: bool) -> bool:
    """yes or no."""
    value = text(name, words, "yes" if default else "no").lower()
    if value not in ("yes", "no"):
        raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")
    return value == "yes"


def choice(name: str, words: str, options: tuple[str, ...], default: str | None = None) -> str:
    """One of a few words."""
    value = text(name, words, default)
    if value not in options:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(options)}, not {value!r}.")
    return value


def keys(name: str, words: str, default: str | None = None) -> tuple[bytes, ...]:
    """Keys of 32 bytes in base64, separated by blanks; the first is the newest."""
    found = []
    for part in text(name, words, default).split():
        try:
            found.append(base64.b64decode(part, altchars=b"-_", validate=True))
        except ValueError:
            found.append(b"")
    if not found or any(len(key) != 32 for key in found):
        raise ImproperlyConfigured(f"{name} must hold keys of 32 bytes in base64, separated by blanks.")
    return tuple(found)


def servers(name: str, words: str, default: str = "") -> tuple[tuple[str, int], ...]:
    """DNS servers with their ports (53 unless said): addresses in figures, because a name would need a DNS."""
    found = []
    for part in text(name, words, default).split():
        try:
            parts = urlsplit(f"//{part}")
            found.append((str(ipaddress.ip_address(parts.hostname or "")), parts.port or 53))
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} must hold addresses such as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]."
            ) from error
    return tuple(found)


def database(url: str, name: str) -> dict[str, str]:
    """Django's connection settings of ``postgresql://user:password@host:port/database``."""
    parts = urlsplit(url)
    if parts.scheme != "postgresql" or not parts.hostname or not parts.username or len(parts.path) < 2:
        raise ImproperlyConfigured(f"{name} must look like postgresql://user:password@host:port/database.")
    return {
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname,
        "PORT": str(parts.port or 5432),
    }
