"""The one list of exceptions from the house's rules: tests/house/exceptions.toml."""

from __future__ import annotations

import fnmatch
import tomllib
from dataclasses import dataclass
from functools import cache

from deploy.local import places

LIST = places.ROOT / "tests" / "house" / "exceptions.toml"


@dataclass(frozen=True)
class Exemption:
    """A rule that does not hold for the paths of a pattern, why, and since when."""

    rule: str
    path: str
    reason: str
    date: str


@cache
def listed() -> tuple[Exemption, ...]:
    """All exceptions."""
    content = tomllib.loads(LIST.read_text("utf-8"))
    return tuple(Exemption(**{k: str(v) for k, v in row.items()}) for row in content.get("exception", []))


@cache
def ceiling() -> int:
    """How many exceptions there may be; it only ever goes down."""
    return int(tomllib.loads(LIST.read_text("utf-8"))["ceiling"])


def allowed(rule: str, path: str) -> bool:
    """Whether the rule is lifted for this path (relative to the checkout)."""
    return any(row.rule == rule and fnmatch.fnmatch(path, row.path) for row in listed())
