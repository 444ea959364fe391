"""The database wrapper of alias ``tenant``.

The login owns nothing and inherits nothing. Before a cursor is handed out the
wrapper compares the context with what the connection last applied; if they
differ it sets path, role, statement timeout and application name in one round
trip, outside any transaction, so that no rollback can undo it. Any failure
closes the connection and raises. Stock ways of doing this fail silently: the
handbook's decision on the wrapper lists how.

A connection is borrowed from the process's pool for a unit of work. Its first
switch is also the question whether it still lives: nothing was sent on it
before, so a dead one is replaced without anybody noticing.
"""

from __future__ import annotations

import os
import re
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from django.db.utils import InterfaceError, OperationalError, ProgrammingError
from psycopg.pq import ExecStatus, TransactionStatus

from kernel import context
from kernel.fairness import GATE
from tenants.database import pool, statements

SCHEMA_NAME = re.compile(r"^t_[a-z0-9]{20}\Z")


def _text(query: Any, connection: Any) -> str:
    if isinstance(query, bytes):
        return query.decode()
    return query if isinstance(query, str) else query.as_string(connection)


def switch_script(schema: str, timeout: int) -> str:
    """The statements that make a session serve ``schema`` only; ``timeout`` is in milliseconds."""
    if not SCHEMA_NAME.match(schema):
        raise ProgrammingError("This is not the name of a tenant's schema.")
    return (
        f"RESET ROLE; SET search_path = {schema}, ext; SET statement_timeout = {int(timeout)};"
        f" SET application_name = '{schema}'; SET ROLE {schema}"
    )


class _Fenced:
    """Checks every statement and sends it by the extended protocol, which takes one statement only."""

    def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        statements.check(_text(query, self._conn))  # type: ignore[attr-defined]
        return super().execute(query, *args, **kwargs)  # type: ignore[misc]

    def executemany(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        statements.check(_text(query, self._conn))  # type: ignore[attr-defined]
        return super().executemany(query, *args, **kwargs)  # type: ignore[misc]

    def stream(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        statements.check(_text(query, self._conn))  # type: ignore[attr-defined]
        return super().stream(query, *args, **kwargs)  # type: ignore[misc]

    def copy(self, statement: Any, *args: Any, **kwargs: Any) -> Any:
        statements.check(_text(statement, self._conn))  # type: ignore[attr-defined]
        return super().copy(statement, *args, **kwargs)  # type: ignore[misc]

    def _execute_send(self, query: Any, *, force_extended: bool = False, binary: bool | None = None) -> None:
        super()._execute_send(query, force_extended=True, binary=binary)  # type: ignore[misc]


class TenantCursor(_Fenced, base.Cursor):
    pass


class TenantServerCursor(_Fenced, base.ServerSideCursor):
    pass


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, switched by the context. Outside a tenant's context every use raises ``NoContext``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pid = os.getpid()
        self._lender: pool.Pool | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        self._pid = os.getpid()
        self._lender = pool.of_this_process({**conn_params, "cursor_factory": TenantCursor})
        return self._lender.take()

    def _close(self) -> None:
        borrowed, self.connection = self.connection, None
        if borrowed is not None and self._lender is not None:
            self._lender.give_back(borrowed)

    def create_cursor(self, name: str | None = None) -> Any:
        if name is None:
            return super().create_cursor()
        make: Any = TenantServerCursor
        return make(self.connection, name=name, scrollable=False, withhold=self.connection.autocommit)

    def _cursor(self, name: str | None = None) -> Any:
        tenant = context.tenant()
        if self._pid != os.getpid():
            # A forked child shares the parent's socket: leave it alone, never close it.
            self.connection = None
        if not (self.in_atomic_block or connections["default"].in_atomic_block):
            GATE.give_way()
        self.ensure_connection()
        self._apply(tenant.schema)
        with self.wrap_database_errors:
            return self._prepare_cursor(self.create_cursor(name))  # type: ignore[attr-defined]

    def _apply(self, schema: str) -> None:
        wanted = (schema, settings.TEREM_STATEMENT_TIMEOUT)
        if self.connection is None:
            raise InterfaceError("The connection is closed.")
        if self.connection.applied == wanted:
            return
        if self.connection.info.transaction_status != TransactionStatus.IDLE:
            if self.connection.applied is None or self.connection.closed:
                raise InterfaceError("The connection is closed.")
            raise ProgrammingError("The tenant cannot change inside a transaction.")
        if self.connection.is_worn and schema not in self.connection.touched:
            self._exchange()
        try:
            self._switch_alive(schema, wanted[1])
        except BaseException:
            self._discard()
            raise
        self.connection.applied = wanted
        self.connection.touched.add(schema)

    def _switch_alive(self, schema: str, timeout: int) -> None:
        """Switch; a connection that died while nobody used it is replaced, as often as the pool holds some."""
        unused = self.connection.applied is None
        for _ in range(settings.TEREM_POOL):
            try:
                self._switch(schema, timeout)
                return
            except OperationalError:
                if not (unused and self.connection.closed):
                    raise
                # This unit of work has sent nothing yet, so nothing of it is lost.
                self._exchange()
        self._switch(schema, timeout)

    def _discard(self) -> None:
        """Close the connection for good: nobody borrows it again."""
        if self.connection is not None:
            self.connection.close()
        self.close()

    def _exchange(self) -> None:
        """Another connection in place of this one, between two statements of nobody's transaction."""
        if self._lender is None:
            raise InterfaceError("The connection is closed.")
        former, autocommit = self.connection, self.connection.autocommit
        former.close()
        self._lender.give_back(former)
        self.connection = None
        self.connection = self._lender.take()
        self.connection.autocommit = autocommit

    def _switch(self, schema: str, timeout: int) -> None:
        try:
            result = self.connection.pgconn.exec_(switch_script(schema, timeout).encode())
        except psycopg.Error as error:
            raise OperationalError(str(error)) from error
        if result.status != ExecStatus.COMMAND_OK:
            raise OperationalError(f"The workspace cannot be reached: {result.error_message.decode()}")
