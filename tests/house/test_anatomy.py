"""Every app of the CRM has the same files, and each file its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.house import rules

MODULES = {"models", "queries", "actions", "forms", "tables", "views", "urls", "apps", "adapters"}
# The registry of kinds lives in records, the readers of files in imports, the seeds' texts in setup.
EXTRA = {
    "records": {"registry"},
    "timeline": {"wording"},
    "imports": {"reading", "mapping"},
    "setup": {"data"},
}
FOLDERS = {"migrations", "templates", "static", "management", *MODULES}


def test_apps_have_known_files_only() -> None:
    """A stray file means that something has no home yet: find it one."""
    rules.judge("anatomy", "architecture", _strays())


def _strays() -> Iterator[tuple[Path, int, str]]:
    for app in sorted((rules.ROOT / "crm_core").iterdir()):
        if not app.is_dir() or app.name == "__pycache__":
            continue
        for path in sorted(app.iterdir()):
            if path.name in ("__pycache__", "__init__.py", "README.md"):
                continue
            modules = MODULES | EXTRA.get(app.name, set())
            known = (
                path.stem in modules
                if path.suffix == ".py"
                else path.is_dir() and path.name in FOLDERS | modules
            )
            if not known:
                yield (
                    path,
                    1,
                    f"is no file of an app. Put its content into one of: {', '.join(sorted(MODULES))}.",
                )
