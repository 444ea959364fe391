"""No file, folder or class is named by what it vaguely helps with."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house import rules

FILES = {
    "utils", "util", "helpers", "helper", "misc", "common", "services", "service", "managers", "manager", "tasks",
    "signals", "serializers", "constants", "mixins", "handlers", "handler", "lib", "tools",
}  # fmt: skip
# Words of the field in a page's name, fillers in a module's.
MODULES_ONLY = {"tasks", "services", "service", "signals", "constants", "tools", "common"}
CLASSES = re.compile(r"(Manager|Helper|Utils?|Service|Processor|Handler|Mixin)$")


def test_files_are_named_by_the_field() -> None:
    """utils.py and its kin collect what has no home; give each thing its home."""
    rules.judge("names", "style", _files())


def test_classes_are_named_by_the_field() -> None:
    """A class is named by what it is."""
    rules.judge("class-names", "style", _classes())


def _files() -> Iterator[tuple[Path, int, str]]:
    for path in rules.files(".py", ".css", ".js", ".html", folders=rules.EVERYWHERE):
        for part in (*path.relative_to(rules.ROOT).parts[:-1], path.stem):
            if part in FILES and (path.suffix == ".py" or part not in MODULES_ONLY):
                yield path, 1, f"is named {part}. Name it by the thing in it, in the field's own term."


def _classes() -> Iterator[tuple[Path, int, str]]:
    for path in rules.python():
        for node in ast.walk(rules.tree(path)):
            if isinstance(node, ast.ClassDef) and CLASSES.search(node.name):
                yield path, node.lineno, f"class {node.name}: name it by what it is, in the field's own term."
