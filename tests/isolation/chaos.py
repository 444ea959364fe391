"""Failures put in the way of the database wrapper, at every step of a switch and of a transaction."""

from __future__ import annotations

import os
import random
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest
from django.db import connections

from tenants.database import base
from tenants.database.base import DatabaseWrapper
from tests.support.plugin import DATABASE

PLACES = ("switch", "statement", "commit")
WAYS = ("kill", "cancel", "cut", "raise")
# A switch is six statements: a failure may come before each of them and after the last.
STEPS = 7
STATEMENTS = 8


class Injected(RuntimeError):
    """The failure that the test itself raises in the middle of something."""


class Chaos:
    """Arms one failure per step and thread; counts where failures really struck."""

    def __init__(self, superuser_dsn: str) -> None:
        self._dsn = superuser_dsn
        self._armed = threading.local()
        self._lock = threading.Lock()
        self.struck: Counter[str] = Counter()

    def arm(self, dice: random.Random) -> None:
        """Half of the steps meet a failure at a drawn place; the others go undisturbed."""
        place = dice.choice(PLACES) if dice.random() < 0.6 else ""
        steps = {"switch": STEPS, "statement": STATEMENTS, "commit": 2, "": 1}[place]
        self._armed.now = (place, dice.randrange(steps), dice.choice(WAYS)) if place else None
        self._armed.seen = 0

    def calm(self) -> None:
        self._armed.now = None

    def _strike(self, wrapper: Any, place: str, step: int) -> None:
        """Let the armed failure happen if this is its place."""
        now = getattr(self._armed, "now", None)
        if now is None or now[:2] != (place, step):
            return
        self._armed.now = None
        way = now[2]
        with self._lock:
            self.struck[f"{place} {step} {way}"] += 1
        if way == "raise":
            raise Injected(f"{place} {step}")
        if way == "cut":
            self._cut(wrapper)
        else:
            self._administer(wrapper, way)

    def _cut(self, wrapper: Any) -> None:
        """The network goes: both directions of the socket are shut under the driver's feet."""
        line = socket.socket(fileno=os.dup(wrapper.connection.pgconn.socket))
        with suppress(OSError):  # A failure before this one may have ended the line already.
            line.shutdown(socket.SHUT_RDWR)
        line.close()

    def _administer(self, wrapper: Any, way: str) -> None:
        """Kill or cancel this connection's own server process, which a pooler hides, or a random one."""
        call = "pg_terminate_backend(pid)" if way == "kill" else "pg_cancel_backend(pid)"
        found = wrapper.connection.info.backend_pid
        with psycopg.connect(self._dsn, autocommit=True) as administrator:
            hit = administrator.execute(
                f"SELECT {call} FROM pg_stat_activity WHERE usename = 'terem_tenant' AND datname = %s AND pid = %s",
                [DATABASE, found],
            ).fetchall()
            if not hit:
                administrator.execute(
                    f"SELECT {call} FROM (SELECT pid FROM pg_stat_activity WHERE usename = 'terem_tenant'"
                    " AND datname = %s ORDER BY random() LIMIT 1) one",
                    [DATABASE],
                )

    @contextmanager
    def let_loose(self, patch: pytest.MonkeyPatch) -> Iterator[Chaos]:
        """While this is open, every switch, statement and commit passes by the armed failure."""
        commit = DatabaseWrapper._commit

        def switch(wrapper: Any, schema: str, timeout: int) -> None:
            """The real script, one statement at a time, with a failure possible between any two."""
            for number, statement in enumerate(base.switch_script(schema, timeout).split("; ")):
                self._strike(wrapper, "switch", number)
                self._send(wrapper, statement)
            self._strike(wrapper, "switch", STEPS - 1)

        def end(wrapper: Any) -> Any:
            self._strike(wrapper, "commit", 0)
            answer = commit(wrapper)
            self._strike(wrapper, "commit", 1)
            return answer

        patch.setattr(DatabaseWrapper, "_switch", switch)
        patch.setattr(DatabaseWrapper, "_commit", end)
        yield self
        patch.undo()

    def _send(self, wrapper: Any, statement: str) -> None:
        try:
            result = wrapper.connection.pgconn.exec_(statement.encode())
        except psycopg.Error as error:
            raise base.OperationalError(str(error)) from error
        if result.status != base.ExecStatus.COMMAND_OK:
            raise base.OperationalError(result.error_message.decode())

    @contextmanager
    def watching_statements(self) -> Iterator[None]:
        """Statements of this thread's tenant connection count and may fail."""
        wrapper = connections["tenant"]

        def pass_by(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            seen = self._armed.seen = getattr(self._armed, "seen", 0) + 1
            self._strike(wrapper, "statement", seen - 1)
            return execute(sql, params, many, context)

        with wrapper.execute_wrapper(pass_by):
            yield
