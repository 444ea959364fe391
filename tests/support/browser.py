"""The Chromium for browser tests: the system's, or the one that Playwright installed."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path

MISSING = (
    "No Chromium was found: install it (apt-get install chromium) or run "
    ".venv/bin/playwright install chromium."
)
# Milliseconds until something that does not come is given up: busy cores carry everything at once.
PATIENCE = 90_000
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


@cache
def executable() -> str | None:
    """The path of a Chromium, or None."""
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return found
    cache_folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or "~/.cache/ms-playwright"
    installed = sorted(Path(cache_folder).expanduser().glob("chromium-*/chrome-linux*/chrome"))
    return str(installed[-1]) if installed else None


def launch_arguments() -> list[str]:
    """Chromium's switches for this user and machine: root and small /dev/shm included."""
    arguments = ["--disable-dev-shm-usage", "--font-render-hinting=none"]
    # Companies' own domains in tests end in .example: they are this machine.
    arguments.append("--host-resolver-rules=MAP *.example 127.0.0.1")
    return [*arguments, "--no-sandbox"] if os.getuid() == 0 else arguments
