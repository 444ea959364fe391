"""The list of exceptions is honest, still needed, and only shrinks."""

from __future__ import annotations

import fnmatch
import re
import subprocess
import tomllib

from deploy.checks import exceptions
from tests.house import rules


def test_every_exception_says_why_and_since_when() -> None:
    """Without a reason nobody can ever remove it."""
    for row in exceptions.listed():
        assert len(row.reason) > 20, f"The exception {row.rule} {row.path} needs a reason in a sentence."
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row.date), (
            f"The exception {row.rule} {row.path} needs a date."
        )


def test_exceptions_name_existing_paths() -> None:
    """An exception for a path that is gone is removed."""
    known = [
        rules.name(path)
        for path in rules.files(".py", ".html", ".md", ".css", ".js", folders=rules.EVERYWHERE)
    ]
    for row in exceptions.listed():
        assert any(fnmatch.fnmatch(path, row.path) for path in known), (
            f"Remove the exception for {row.path}: gone."
        )


def test_the_list_only_shrinks() -> None:
    """The ceiling equals the number of entries, and is not above that of the main branch."""
    count = len(exceptions.listed())
    assert exceptions.ceiling() == count, f"Set ceiling = {count} in {rules.name(exceptions.LIST)}."
    before = subprocess.run(
        ["git", "show", f"origin/main:{rules.name(exceptions.LIST)}"],
        cwd=rules.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if before.returncode == 0:
        former = tomllib.loads(before.stdout)["ceiling"]
        assert count <= former, (
            f"There were {former} exceptions, now {count}. Mend the code instead of adding one."
        )
