"""No file is longer than 400 lines, no function than 40; a view has at most 20."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house import rules

LONGEST = 400
LONGEST_FUNCTION = 40
LONGEST_VIEW = 20


def test_files_are_short() -> None:
    """A file that passes the limit becomes a package of the same name, with nouns as modules."""
    rules.judge("length", "style", _long_files())


def test_functions_are_short() -> None:
    """A function that passes the limit does several things: give each a name."""
    rules.judge("function-length", "style", _long_functions())


def test_views_are_short() -> None:
    """Fetch, form, act, answer: the rest belongs into queries, forms and actions."""
    rules.judge("view-length", "style", _long_views())


def _long_files() -> Iterator[tuple[Path, int, str]]:
    for path in rules.files(".py", ".html", ".css", ".js", folders=rules.EVERYWHERE):
        count = path.read_text("utf-8").count("\n")
        if count > LONGEST:
            yield (
                path,
                count,
                f"has {count} lines, the limit is {LONGEST}. Split it into a package of the same name.",
            )


def _long_functions() -> Iterator[tuple[Path, int, str]]:
    for path in rules.python((*rules.ROOMS, "deploy")):
        for node in ast.walk(rules.tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = _body_lines(node)
                if lines > LONGEST_FUNCTION:
                    yield (
                        path,
                        node.lineno,
                        f"{node.name} has {lines} lines, the limit is {LONGEST_FUNCTION}. Split it.",
                    )


def _long_views() -> Iterator[tuple[Path, int, str]]:
    for path in rules.python():
        if rules.module_name(path) != "views":
            continue
        for node in rules.tree(path).body:
            if isinstance(node, ast.FunctionDef):
                lines = _body_lines(node)
                if lines > LONGEST_VIEW:
                    text = f"{node.name} has {lines} lines, a view has at most {LONGEST_VIEW}. Move decisions into "
                    yield path, node.lineno, text + "queries, forms or actions."


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body without the docstring."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
