"""The frame of every write: right, one transaction on the room's own database, nothing else.

An action is a module function with keyword arguments and ``by=`` for who acts.
Actions may call actions of lower floors: they join the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connections, transaction

from kernel.rights import demand, demand_writable

P = ParamSpec("P")
R = TypeVar("R")

ACTIONS: dict[str, str | None] = {}

# Rooms whose rows live in the tenants' schemas; all others write to the control plane.
TENANT_ROOMS = ("crm_core.", "kernel.jobs", "tests.")


def alias_of(module: str) -> str:
    """The database alias on which a module's actions write."""
    return "tenant" if module.startswith(TENANT_ROOMS) else "default"


def action(right: str | None = None, *, alias: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare an action that needs ``right`` (None: the caller is trusted code, not a person).

    The function must take ``by``. Raises ``NotAllowed`` before anything is read, always in a
    context that is for reading only.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        using = alias or alias_of(function.__module__)
        ACTIONS[f"{function.__module__}.{function.__qualname__}"] = right

        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            demand_writable()
            if right is not None:
                demand(kwargs["by"], right)  # type: ignore[arg-type]
            with transaction.atomic(using=using, savepoint=_outermost(using)):
                return function(*args, **kwargs)

        return run

    return decorate


def _outermost(using: str) -> bool:
    """True if this action is not part of another one: a failed inner action undoes the whole."""
    blocks = connections[using].atomic_blocks
    return not blocks or blocks[-1]._from_testcase  # type: ignore[attr-defined]


def after_commit(function: Callable[..., Any], *args: Any, alias: str = "tenant", **kwargs: Any) -> None:
    """Call ``function`` once the present transaction has been committed (at once outside one)."""
    transaction.on_commit(partial(function, *args, **kwargs), using=alias)


def after_commit_once(function: Callable[..., Any], *args: Any, alias: str = "tenant") -> None:
    """Like :func:`after_commit`, but nothing more if the same call waits for this commit already.

    For what only looks how things stand then, as dropping what is remembered of a row that was changed twice.
    """
    connection: Any = connections[alias]
    for savepoints, waiting, _robust in connection.run_on_commit:
        same = isinstance(waiting, partial) and (waiting.func, waiting.args) == (function, args)
        # What an inner block noted is forgotten with that block, if it fails.
        if same and savepoints <= set(connection.savepoint_ids):
            return
    after_commit(function, *args, alias=alias)
