"""Who is being served: one immutable context per request, job and command.

The context lives in a context variable, so threads and tasks never see each
other's. Everything that must carry the tenant (cache keys, files, tokens, log
lines, jobs) reads it from here and never from a database connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from kernel.errors import NoContext


@dataclass(frozen=True, slots=True)
class Lease:
    """What a tenant may do; written by billing through ``tenants.api.set_lease``.

    ``limits`` maps a meter's name to the highest allowed value (absent: no limit).
    ``valid_until`` is an ISO date-time in UTC or None for a lease without expiry.
    """

    plan: str = ""
    status: str = "active"
    features: frozenset[str] = frozenset()
    limits: dict[str, int] = field(default_factory=dict)
    valid_until: str | None = None

    def allows(self, feature: str) -> bool:
        return feature in self.features

    def limit(self, meter: str) -> int | None:
        return self.limits.get(meter)


@dataclass(frozen=True, slots=True)
class TenantRef:
    """The directory entry of a tenant: all that a request needs to know about it.

    ``schema`` is the opaque, never reused name of both schema and role.
    ``version`` grows with every change of the entry; ``generation`` names the
    tenant's cache space and grows when the cache is emptied. ``quiet`` marks a copy
    beside a live workspace: it sends no letters and its background work waits. ``example`` marks an invented
    company: it is quiet too, but what one asks for there is done. ``near`` maps a meter to the per cent of its volume that administrators are warned of.
    """

    id: UUID
    schema: str
    slug: str
    name: str
    status: str
    release: str
    version: int
    host: str
    language: str = "en"
    zone: str = "UTC"
    currency: str = "EUR"
    generation: int = 1
    lease: Lease = field(default_factory=Lease)
    quiet: bool = False
    example: bool = False
    near: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """The unit of work. ``tenant`` is None on the account and operator hosts.

    ``cause`` says what kind of work writes: page, job, import, rule, command,
    operator. ``actor`` is the member's id inside the tenant, if a person acts. While ``read_only``
    is set every action is refused: somebody from outside may look, not touch. ``job`` names the
    background work, for log lines, traces and reports of errors.
    """

    tenant: TenantRef | None = None
    actor: UUID | None = None
    cause: str = "page"
    language: str = "en"
    zone: str = "UTC"
    request_id: str = ""
    change_set: UUID | None = None
    read_only: bool = False
    job: str = ""


_current: ContextVar[Context | None] = ContextVar("terem_context", default=None)


def maybe() -> Context | None:
    """The present context, or None outside any unit of work."""
    return _current.get()


def current() -> Context:
    """The present context. Raises ``NoContext`` outside a unit of work."""
    found = _current.get()
    if found is None:
        raise NoContext("No unit of work is open here: enter a context first.")
    return found


def tenant() -> TenantRef:
    """The tenant being served. Raises ``NoContext`` where there is none."""
    found = _current.get()
    if found is None or found.tenant is None:
        raise NoContext("No tenant is being served here: enter a tenant's context first.")
    return found.tenant


@contextmanager
def enter(context: Context) -> Iterator[Context]:
    """Make ``context`` the present one; the former one comes back however the block ends.

    A change of tenant inside an open database transaction is refused by the
    database wrapper at the next query, because a switch must come before BEGIN.
    What is entered within background work keeps that work's name.
    """
    outer = _current.get()
    if outer is not None and outer.job and not context.job:
        context = replace(context, job=outer.job)
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


@contextmanager
def altered(**changes: Any) -> Iterator[Context]:
    """The present context with some fields changed (language, zone, actor, cause, change_set)."""
    if "tenant" in changes:
        raise ValueError("A tenant is entered, never altered.")
    with enter(replace(current(), **changes)) as context:
        yield context
