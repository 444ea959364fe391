"""Queries that are asked in the same words with every request: Django puts them into SQL once for this process.

For a query over four tables that costs several times what sending it and reading its answer costs. What differs from
asking to asking are values, and they stay parameters::

    @standing
    def _open(*, mine: bool, owner: Any) -> QuerySet[Task]:
        return Task.objects.filter(owner_id=owner) if mine else Task.objects.all()

    _open(mine=True, owner=member.id)

A bool or a tuple of names that the code knows (kinds, levels of visibility) chooses the shape: each combination has SQL of
its own. Every other argument is a :class:`Slot` while the query is built, so that no value of one company can stand in
words that another one's query uses.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet, Value

# So many shapes of one query are kept; rights and visibility make a few dozen at most.
SHAPES: Final = 64


class Slot:
    """Stands for the argument ``name`` among the parameters of a query that is being built."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        # Whoever makes words of it would keep them for everybody.
        raise TypeError(f"The value of {self.name} is known only when the query is asked.")


class _Ready:
    """In the place of a query: hands out the compiler that has nothing left to do but to ask."""

    def __init__(self, compiler: Any) -> None:
        self.get_compiler = lambda *_given, **_named: compiler


class _Worded:
    """A query in SQL, with what its compiler found out about the columns of the answer."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        # The query set itself belongs to the company that came first: it is never asked.
        self.rows, self.using = rows, rows.db
        compiler: Any = rows.query.get_compiler(using=self.using)
        try:
            self.sql, self.parameters = compiler.as_sql()
        except EmptyResultSet:
            # Nothing can match, as for somebody who may see no kind of record.
            self.sql = ""
        # The connection belongs to the thread that came first; each asking has its own.
        self.known = {name: value for name, value in vars(compiler).items() if name != "connection"}

    def ask(self, values: dict[str, Any]) -> list[Any]:
        """The rows for these values, as the query set itself would have read them."""
        if not self.sql:
            return []
        given = tuple(values[one.name] if isinstance(one, Slot) else one for one in self.parameters)
        compiler: Any = self.rows.query.get_compiler(using=self.using)
        vars(compiler).update(self.known)
        compiler.as_sql = lambda *_given, **_named: (self.sql, given)
        ready: Any = _Ready(compiler)
        asked: Any = type(self.rows)(model=self.rows.model, query=ready, using=self.using)
        asked._iterable_class = self.rows._iterable_class
        return list(asked)


def standing(build: Callable[..., Any]) -> Callable[..., list[Any]]:
    """Make of a function that builds a query one that asks it: keyword arguments in, a list of rows out.

    Raises ``ValueError`` for a None (SQL would need other words) and for a query that fetches more in further queries.
    """
    worded: dict[tuple[tuple[str, Any], ...], _Worded] = {}

    @wraps(build)
    def ask(**values: Any) -> list[Any]:
        if None in values.values():
            raise ValueError("A standing query takes no None.")
        shape = tuple(
            (name, value if isinstance(value, bool | tuple) else None) for name, value in values.items()
        )
        found = worded.get(shape)
        if found is None:
            if len(worded) >= SHAPES:
                worded.clear()
            found = worded[shape] = _Worded(_built(build, shape))
        return found.ask(values)

    return ask


def _built(build: Callable[..., Any], shape: tuple[tuple[str, Any], ...]) -> QuerySet[Any]:
    rows: Any = build(**{name: Value(Slot(name)) if value is None else value for name, value in shape})
    if rows._prefetch_related_lookups:
        raise ValueError("A standing query is one query.")
    return cast("QuerySet[Any]", rows)
