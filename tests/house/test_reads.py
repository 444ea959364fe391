"""Reads start in queries: no ``.objects`` in views, forms, tables and templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house import rules

_IN_TEMPLATE = re.compile(r"\.(?:objects|all|filter|exclude|order_by)\b(?!\()")
SPEAKERS = {"views", "forms", "tables", "urls", "apps"}


def test_views_do_not_query() -> None:
    """``queries.visible_to(member)`` is the only start of a read."""
    rules.judge("reads", "architecture", _queries())


def _queries() -> Iterator[tuple[Path, int, str]]:
    for path in rules.python():
        if rules.module_name(path) not in SPEAKERS:
            continue
        for node in ast.walk(rules.tree(path)):
            if isinstance(node, ast.Attribute) and node.attr == "objects":
                yield (
                    path,
                    node.lineno,
                    "reads by .objects. Ask a function of queries.py, which starts at visible_to().",
                )
    for path in rules.files(".html"):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            for tag in re.findall(r"\{[{%].*?[%}]\}", line):
                found = _IN_TEMPLATE.search(tag)
                if found:
                    yield (
                        path,
                        number,
                        f"queries in a template ({found.group(0)}). Give it the finished list.",
                    )
