"""Secrets and traces of one machine in tracked files."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from deploy.checks import exceptions
from deploy.local import places

_PATTERNS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "a cloud access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a payment provider's key": re.compile(
        r"\b(?:sk|rk)_(?:live|test)_[0-9A-Za-z]{16,}|\bwhsec_[0-9A-Za-z]{24,}"
    ),
    "a code host's token": re.compile(r"\b(?:gh[pousr]_[0-9A-Za-z]{30,}|glpat-[0-9A-Za-z_-]{20,})"),
    "a chat token": re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{10,}"),
    "a signed token": re.compile(r"\beyJ[0-9A-Za-z_-]{20,}\.eyJ[0-9A-Za-z_-]{20,}\.[0-9A-Za-z_-]{10,}"),
    "an error tracker's address": re.compile(r"https://[0-9a-f]{32}@[\w.-]+/\d+"),
    "a password in an address": re.compile(
        r"\b(?:postgresql|redis|amqp|smtps?)://[^\s:/@\"'{]+:(?!password@|nothing@)[^\s@/\"'{<…]{8,}@"
    ),
    "a written-out secret": re.compile(
        r"""(?ix)\b\w*(?:secret|passwd|password|api_?key|token)\w*\s*[:=]\s*["'][0-9A-Za-z+/_=-]{24,}["']"""
    ),
    "a folder of one machine": re.compile(r"(?<![\w.])/(?:home|Users)/[a-z][\w-]+/|(?<![\w.])/root/[\w.]"),
}
_SKIPPED = (".lock", ".woff2", ".png", ".ico", ".jpg", ".webp", ".mo")


def tracked() -> list[Path]:
    """The files of the checkout that git knows or would add."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=places.ROOT,
        capture_output=True,
        check=True,
    ).stdout
    paths = [places.ROOT / name.decode() for name in listing.split(b"\0") if name]
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def problems() -> list[str]:
    """One sentence for each line that looks like a secret or names one machine."""
    said = []
    for path in tracked():
        relative = str(path.relative_to(places.ROOT))
        if path.suffix in _SKIPPED or "/vendor/" in relative or exceptions.allowed("leaks", relative):
            continue
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for what, pattern in _PATTERNS.items():
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                said.append(
                    f"{relative}:{line} looks like {what}. Take it out (and change it if it was real); "
                    "settings come from the environment."
                )
    return said
