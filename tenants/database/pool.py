"""The connections of alias ``tenant``: one pool per process, lent for a unit of work and taken back.

The pool is psycopg's own. It is opened by the first cursor, so never before a
fork, and belongs to one process id: a forked child makes its own. A connection
is retired by age and by the number of tenants it has touched, because each
costs its backend memory that only closing gives back (the decision on the pool
has the figures); the replacement is made in the background.
"""

from __future__ import annotations

import atexit
import os
import threading
from typing import Any

import psycopg
from django.conf import settings
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool, PoolTimeout

from kernel import context
from kernel.errors import Unavailable
from tenants.database import poolers

WAIT_SECONDS = 5.0
# After so long it is asked whether the server can be reached at all: nobody waits for one that is away.
BRIEF_SECONDS = 0.7
# A server that comes back is found again within this time.
RECONNECT_SECONDS = 5.0
IDLE_SECONDS = 600.0


class TenantConnection(psycopg.Connection[Any]):
    """A connection that knows what was last applied to it and which schemas it has touched."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.applied: tuple[str, int] | None = None
        self.touched: set[str] = set()

    @property
    def is_worn(self) -> bool:
        """True once it has touched as many tenants as one connection may."""
        return len(self.touched) >= settings.TEREM_TENANTS_PER_CONNECTION


class _Connections(ConnectionPool[TenantConnection]):
    """psycopg's pool, which lends a connection that has served this company before, if one is free.

    Its backend has read the catalogue of that schema already; another one would read it anew and keep it too.
    Only the choice differs: what a former borrower left is believed as little as ever.
    """

    def _get_ready_connection(self, timeout: float | None) -> TenantConnection | None:
        found = context.maybe()
        if found is not None and found.tenant is not None:
            for connection in self._pool:
                if found.tenant.schema in connection.touched:
                    self._pool.remove(connection)
                    self._pool.appendleft(connection)
                    break
        return super()._get_ready_connection(timeout)


class Pool:
    """The lending desk of one process. ``parameters`` are Django's for a new connection."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        self._loans: dict[int, tuple[TenantConnection, threading.Thread]] = {}
        self._errors_known = 0
        self._connections = _Connections(
            kwargs={**parameters, "autocommit": True},
            connection_class=TenantConnection,
            min_size=0,
            max_size=settings.TEREM_POOL,
            timeout=WAIT_SECONDS,
            max_lifetime=settings.TEREM_CONNECTION_AGE,
            max_idle=IDLE_SECONDS,
            reconnect_timeout=RECONNECT_SECONDS,
            num_workers=1,
            open=False,
            name="tenant",
        )

    def take(self) -> TenantConnection:
        """Borrow a connection for this thread. Raises ``Unavailable`` if none is free in time."""
        self._connections.open()
        self._reclaim()
        connection = self._lent()
        self._errors_known = self._errors()
        # Nobody believes what a former borrower left: the first cursor applies everything anew.
        connection.applied = None
        self._loans[id(connection)] = (connection, threading.current_thread())
        return connection

    def _lent(self) -> TenantConnection:
        """Wait for a connection; briefly only, if all that is heard of the server are refusals."""
        try:
            return self._connections.getconn(timeout=BRIEF_SECONDS)
        except PoolTimeout as error:
            if self._errors() > self._errors_known:
                raise Unavailable(retry_after=int(WAIT_SECONDS)) from error
        try:
            return self._connections.getconn(timeout=WAIT_SECONDS - BRIEF_SECONDS)
        except PoolTimeout as error:
            raise Unavailable(retry_after=int(WAIT_SECONDS)) from error

    def _errors(self) -> int:
        """How many connections could not be made so far."""
        return int(self._connections.get_stats().get("connections_errors", 0))

    def give_back(self, connection: TenantConnection) -> None:
        """Return a borrowed connection; what is worn or in the middle of something is closed. Twice is as once."""
        if self._loans.pop(id(connection), None) is None:
            # Two threads may see at once that its borrower has ended.
            return
        if connection.is_worn or connection.info.transaction_status != TransactionStatus.IDLE:
            connection.close()
        self._connections.putconn(connection)

    def close(self, seconds: float = 2.0) -> None:
        self._connections.close(timeout=seconds)

    def figures(self) -> dict[str, int]:
        """Open, lent and waited-for connections, for the metrics."""
        counted = self._connections.get_stats()
        return {
            "open": counted.get("pool_size", 0),
            "lent": len(self._loans),
            "waiting": counted.get("requests_waiting", 0),
        }

    def _reclaim(self) -> None:
        """Take back what threads borrowed that have ended without returning it."""
        for connection, thread in list(self._loans.values()):
            if not thread.is_alive():
                connection.close()
                self.give_back(connection)


# By process id: a child that was forked never finds its parent's pool, and never closes it either.
_pools: dict[int, Pool] = {}


def present() -> Pool | None:
    """The pool of this process if there is one already."""
    return _pools.get(os.getpid())


def of_this_process(parameters: dict[str, Any]) -> Pool:
    """The pool of this process, made on first use. Raises if a pooler in front would mix sessions."""
    found = present()
    if found is None:
        poolers.refuse_mixing(parameters)
        found = _pools.setdefault(os.getpid(), Pool(parameters))
    return found


@atexit.register
def _close_at_exit() -> None:
    found = present()
    if found is not None:
        found.close()
