"""Every setting and every command is explained in the handbook's page on operations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from tests.house import rules

PAGE = rules.ROOT / "platform" / "handbook" / "operations.md"


def test_settings_are_documented() -> None:
    """Whoever runs Terem reads one page."""
    rules.judge("settings", "operations", _unexplained_settings())


def test_commands_are_documented() -> None:
    """A management command that nobody can find does not exist."""
    rules.judge("commands", "operations", _unexplained_commands())


def _page() -> str:
    return PAGE.read_text("utf-8") if PAGE.exists() else ""


def _unexplained_settings() -> Iterator[tuple[Path, int, str]]:
    from config import env

    assert settings.configured
    for name in sorted(env.DECLARED):
        if f"`{name}`" not in _page():
            yield (
                PAGE,
                1,
                f"does not explain the setting `{name}` ({env.DECLARED[name]}) Add a row to its table.",
            )


def _unexplained_commands() -> Iterator[tuple[Path, int, str]]:
    for path in rules.python():
        if (
            path.parent.name == "commands"
            and path.parent.parent.name == "management"
            and path.stem != "__init__"
        ) and f"`{path.stem}`" not in _page():
            yield PAGE, 1, f"does not explain the command `{path.stem}` ({rules.name(path)}). Add a row."
