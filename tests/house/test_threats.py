"""Each app and each command has its line in the record of the threat model: nothing is added without reading it."""

from __future__ import annotations

import re

from tests.house import rules

RECORD = rules.ROOT / "platform" / "handbook" / "threat-record.md"
ROOMS = ("platform", "tenants", "billing", "crm_core", "onboarding")
ROW = re.compile(r"^\| `(?P<name>[\w.]+)` \|(?P<cells>.+)\| (?P<read>\d{4}-\d\d-\d\d) \|$", re.MULTILINE)


def commands() -> set[str]:
    """The management commands of every room."""
    found = {path for room in ROOMS for path in (rules.ROOT / room).rglob("management/commands/*.py")}
    return {path.stem for path in found} - {"__init__"}


def our_apps() -> set[str]:
    from django.conf import settings

    return {app for app in settings.INSTALLED_APPS if (rules.ROOT / _folder(app)).is_dir()} - {"allauth"}


def _folder(app: str) -> str:
    path = app.replace(".", "/")
    return path if (rules.ROOT / path).is_dir() else f"platform/{path}"


def test_every_app_and_command_was_read_for() -> None:
    rows = {row["name"]: row for row in ROW.finditer(RECORD.read_text("utf-8"))}
    wanted = our_apps() | commands()
    assert len(our_apps()) > 15
    missing = sorted(wanted - rows.keys())
    assert not missing, f"read platform/handbook/threat-model.md for these and write their lines: {missing}"
    gone = sorted(rows.keys() - wanted)
    assert not gone, f"these lines of platform/handbook/threat-record.md speak of nothing: {gone}"


def test_every_line_says_something_and_when() -> None:
    for row in ROW.finditer(RECORD.read_text("utf-8")):
        assert all(cell.strip() for cell in row["cells"].split("|")), row["name"]
