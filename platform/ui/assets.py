"""The kit's own files: which style sheets and modules a page loads, and the import map with hashes.

In development every sheet is linked alone; in production the shell links one
file, put together by :class:`BundleFinder` when the static files are collected.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from django.templatetags.static import static

FOLDER = Path(__file__).parent / "static" / "ui"

# In this order; inside a layer the later sheet wins.
SHEETS = (
    "tokens", "base", "layout",
    "sidebar", "bar", "button", "menu", "field", "mark", "figure", "table", "board", "facts", "timeline",
    "filters", "list", "message", "dialog", "guide",
    "home", "record", "import", "console", "touch", "print",
)  # fmt: skip
BUNDLE = "ui/css/all.css"
START = "ui/js/ui.js"
HTMX = "ui/vendor/htmx-4.0.1.min.js"
# Modules call each other by these names, so that hashed file names and integrity hold for all of them.
VENDORED = {"sortablejs": "ui/vendor/sortable-1.15.7.min.js"}


def _collected() -> bool:
    """Whether static files are served from where they were collected, not from the sources."""
    return not getattr(settings, "WHITENOISE_USE_FINDERS", True)


@cache
def sheet_files() -> dict[str, Path]:
    """Static path → file of every sheet: the kit's, then each app's own ``static/<label>/<label>.css``."""
    files = {f"ui/css/{name}.css": FOLDER / "css" / f"{name}.css" for name in SHEETS}
    for app in apps.get_app_configs():
        own = Path(app.path) / "static" / app.label / f"{app.label}.css"
        if own.exists():
            files[f"{app.label}/{app.label}.css"] = own
    return files


def sheet_urls() -> list[str]:
    """The addresses of the style sheets that a page links."""
    return [static(BUNDLE)] if _collected() else [static(path) for path in sheet_files()]


def modules() -> dict[str, str]:
    """Import name → static path of every module."""
    own = {
        f"ui/{path.stem.removeprefix('ui-')}": f"ui/js/{path.name}"
        for path in sorted(FOLDER.glob("js/ui-*.js"))
    }
    return own | VENDORED


def import_map() -> str:
    """The import map as JSON, with a hash for each module: a file that was changed on its way is not run."""
    return _import_map() if _collected() else _import_map.__wrapped__()


@cache
def _import_map() -> str:
    addresses = {name: static(path) for name, path in modules().items()}
    start = static(START)
    files = [*((addresses[name], path) for name, path in modules().items()), (start, START)]
    return json.dumps(
        {"imports": addresses, "integrity": {address: integrity(path) for address, path in files}}
    )


@cache
def _hash(path: str, changed: float) -> str:
    digest = hashlib.sha384((FOLDER.parent / path).read_bytes()).digest()
    return f"sha384-{base64.b64encode(digest).decode()}"


def integrity(path: str) -> str:
    """The hash of a file as it is served."""
    if _collected():
        return _served_hash(path)
    return _hash(path, (FOLDER.parent / path).stat().st_mtime)


@cache
def _served_hash(path: str) -> str:
    # Collecting may rewrite a file (references to other files), so the collected one counts.
    stored = staticfiles_storage.stored_name(path) if hasattr(staticfiles_storage, "stored_name") else path
    with staticfiles_storage.open(stored) as file:
        digest = hashlib.sha384(file.read()).digest()
    return f"sha384-{base64.b64encode(digest).decode()}"


def bundle() -> str:
    """All sheets in one, in order."""
    return "\n".join(file.read_text("utf-8") for file in sheet_files().values())


class BundleFinder(BaseFinder):
    """Gives collectstatic the bundle of all sheets as a file of its own."""

    def check(self, **options: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **options: Any) -> list[str]:
        return []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        memory = InMemoryStorage()
        memory.save(BUNDLE, ContentFile(bundle().encode()))
        yield BUNDLE, memory
