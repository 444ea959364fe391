"""What the laws share: the sources to read, the exceptions, and the wording of a failure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from deploy.checks import exceptions
from deploy.local import places

ROOT = places.ROOT
ROOMS = ("platform", "tenants", "billing", "crm_core", "onboarding")
EVERYWHERE = (*ROOMS, "deploy", "tests")


def files(*suffixes: str, folders: tuple[str, ...] = ROOMS) -> list[Path]:
    """The source files with these suffixes, without what is vendored or generated."""
    found = []
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            parts = set(path.parts)
            if (
                path.suffix in suffixes
                and path.is_file()
                and not parts & {"vendor", "__pycache__", "node_modules"}
            ):
                found.append(path)
    return found


def python(folders: tuple[str, ...] = ROOMS, *, migrations: bool = False) -> list[Path]:
    """The Python files of these folders."""
    return [path for path in files(".py", folders=folders) if migrations or "migrations" not in path.parts]


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def name(path: Path) -> str:
    """The path as people write it, from the top of the checkout."""
    return str(path.relative_to(ROOT))


def room(path: Path) -> str:
    """The room that a file belongs to."""
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "platform" and len(parts) > 1 else parts[0]


def module_name(path: Path) -> str:
    """What kind of module a file is: views.py and views/board.py are both ``views``."""
    known = {
        "actions",
        "queries",
        "models",
        "forms",
        "tables",
        "views",
        "urls",
        "apps",
        "api",
        "templatetags",
    }
    for part in path.relative_to(ROOT).with_suffix("").parts:
        if part in known:
            return part
    return path.stem


def judge(rule: str, page: str, found: Iterator[tuple[Path, int, str]]) -> None:
    """Fail with every offence that no exception covers. ``page`` is the handbook page of the rule."""
    said = [
        f"{name(path)}:{line} {text}"
        for path, line, text in found
        if not exceptions.allowed(rule, name(path))
    ]
    if said:
        way_on = (
            "If it truly cannot be otherwise, list it in tests/house/exceptions.toml with reason and date."
        )
        offences = "\n  ".join(said)
        pytest.fail(f"Rule {rule} (platform/handbook/{page}.md):\n  {offences}\n{way_on}", pytrace=False)


def calls(path: Path) -> Iterator[ast.Call]:
    """Every call in a file."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """Every imported name, dotted, with its line: ``django.db.connection``."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
