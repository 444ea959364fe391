"""What a list is asked for, as an object equal to its URL: conditions, searched text, sort, columns, drawing.

Reading is purely by form: any text gives an object and never an error. Whether the named fields exist is
the table's matter (``checking``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict

from kernel.text import clean

# A link must stay a link: more than this is nonsense or an attack.
MOST_CONDITIONS, MOST_VALUES, LONGEST_VALUE, LONGEST_TEXT = 40, 100, 200, 200
MOST_COLUMNS = 60

_KEY = re.compile(r"([a-z][a-z0-9_-]{0,79})\.([a-z]{1,20})")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,79}")
_SORT = re.compile(r"-?[a-z][a-z0-9_-]{0,79}")


def _short(text: str, longest: int) -> str:
    return clean(clean(text)[:longest])


@dataclass(frozen=True, slots=True)
class Condition:
    """One field, one word, any number of values: ``stage.is=a&stage.is=b``."""

    field: str
    word: str
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError(f"Not a condition: {self.key!r}")
        tidy = dict.fromkeys(_short(value, LONGEST_VALUE) for value in self.values[:MOST_VALUES])
        object.__setattr__(self, "values", tuple(value for value in tidy if value))

    @property
    def key(self) -> str:
        return f"{self.field}.{self.word}"

    @property
    def value(self) -> str:
        """The only or first value, empty if there is none."""
        return self.values[0] if self.values else ""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(self.key, value) for value in self.values or ("",)]


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that all must hold, and a text to be found. Equal filters have equal queries."""

    conditions: tuple[Condition, ...] = ()
    text: str = ""

    def __post_init__(self) -> None:
        merged: dict[str, Condition] = {}
        for condition in self.conditions:
            known = merged.get(condition.key)
            if known is not None:
                condition = replace(condition, values=(known.values + condition.values))
            elif len(merged) >= MOST_CONDITIONS:
                continue
            merged[condition.key] = condition
        object.__setattr__(self, "conditions", tuple(merged.values()))
        object.__setattr__(self, "text", _short(self.text, LONGEST_TEXT))

    def __bool__(self) -> bool:
        return bool(self.conditions or self.text)

    @classmethod
    def read(cls, params: QueryDict | str) -> Filter:
        """The filter of a URL query; what is no condition is passed over."""
        params = as_query(params)
        found = []
        for key in params:
            parts = _KEY.fullmatch(key)
            if parts:
                found.append(Condition(parts[1], parts[2], tuple(params.getlist(key))))
        return cls(tuple(found), params.get("q") or "")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        text = [("q", self.text)] if self.text else []
        return text + [pair for condition in self.conditions for pair in condition.pairs]

    @property
    def query(self) -> str:
        return urlencode(self.pairs)

    def find(self, key: str) -> Condition | None:
        return next((condition for condition in self.conditions if condition.key == key), None)

    def plus(self, condition: Condition, *, instead_of: str = "") -> Filter:
        """With one more condition; ``instead_of`` names the key of one that it replaces in its place."""
        if not self.find(instead_of):
            return replace(self, conditions=(*self.conditions, condition))
        others = (one for one in self.conditions if one.key == instead_of or one.key != condition.key)
        changed = tuple(condition if one.key == instead_of else one for one in others)
        return replace(self, conditions=changed)

    def without(self, key: str) -> Filter:
        return replace(self, conditions=tuple(one for one in self.conditions if one.key != key))


@dataclass(frozen=True, slots=True)
class Asked:
    """The whole state of a list page. ``view`` is the saved view it began with, ``part`` the chosen scope.

    ``after`` and ``before`` are signed page keys. An empty field means "as the table or view has it".
    """

    filter: Filter = field(default_factory=Filter)
    sort: str = ""
    columns: tuple[str, ...] = ()
    group: str = ""
    draw: str = ""
    view: str = ""
    part: str = ""
    after: str = ""
    before: str = ""

    @classmethod
    def read(cls, params: QueryDict | str, *, scope: str = "") -> Asked:
        params = as_query(params)
        columns = (name for name in (params.get("columns") or "").split(",") if _NAME.fullmatch(name))
        return cls(
            filter=Filter.read(params),
            sort=_matching(_SORT, params.get("sort")),
            columns=tuple(dict.fromkeys(columns))[:MOST_COLUMNS],
            group=_matching(_NAME, params.get("group")),
            draw=_matching(_NAME, params.get("draw")),
            view=_short(params.get("view") or "", 40),
            part=_short(params.get(scope) or "", 80) if scope else "",
            after=(params.get("after") or "")[:2000],
            before=(params.get("before") or "")[:2000],
        )

    @property
    def bare(self) -> Asked:
        """Without the page and the view: what a saved view keeps, and the scope."""
        return replace(self, view="", after="", before="")

    @property
    def says_something(self) -> bool:
        """True if the URL states anything beside view, scope and page."""
        return replace(self.bare, part="") != Asked()

    def pairs(self, *, scope: str = "") -> list[tuple[str, str]]:
        named = [
            ("sort", self.sort),
            ("columns", ",".join(self.columns)),
            ("group", self.group),
            ("draw", self.draw),
            ("view", self.view),
            (scope, self.part if scope else ""),
            ("after", self.after),
            ("before", self.before),
        ]
        return self.filter.pairs + [(name, value) for name, value in named if name and value]

    def query(self, *, scope: str = "", **changes: Any) -> str:
        """The URL query of this state, with some fields changed."""
        return urlencode(replace(self, **changes).pairs(scope=scope))


def as_query(params: QueryDict | Mapping[str, Any] | Iterable[tuple[str, str]] | str) -> QueryDict:
    """A query however it comes; too many parameters are nonsense and give none."""
    if isinstance(params, QueryDict):
        return params
    if isinstance(params, str):
        text = params
    else:
        text = urlencode(params if isinstance(params, Mapping) else list(params), doseq=True)
    try:
        return QueryDict(text)
    except TooManyFieldsSent:
        return QueryDict("")


def _matching(pattern: re.Pattern[str], text: str | None) -> str:
    return text if text and pattern.fullmatch(text) else ""
