"""One company, one short transaction: schema, migrations, release and journal row agree whatever happens.

Everything runs on the owner's connection. The script of a company is sent in one
round trip; only after a failure it is sent again statement by statement, to
learn which one it was, or that the company is not there for us.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.pq import ExecStatus, TransactionStatus

from tenants.database.base import SCHEMA_NAME
from tenants.schemas import SCHEMA_MARK
from tenants.upgrades.plans import SMALL_TABLE_BYTES, Hop, Plan, Statement

# Shorter than PostgreSQL's deadlock_timeout of a second: if this and a request wait for each
# other, it is always the upgrade that gives way.
LOCK_TIMEOUT_MS = 500
STATEMENT_TIMEOUT_MS = 60_000
MOST_ATTEMPTS = 8

# Waiting was in vain, or the server was away: worth another try.
_PASSING = ("55P03", "40P01", "40001", "57P01", "57P02", "57P03", "53300", "08")


@dataclass(slots=True)
class Work:
    """A company to upgrade. ``step_id`` is its journal row; a blank schema of the reserve has none."""

    schema: str
    from_release: str
    tenant_id: UUID | None = None
    step_id: int | None = None
    attempts: int = 0
    names: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went: ``state`` is done, failed, again (worth another try), busy (somebody else has it) or gone."""

    state: str
    seconds: float = 0.0
    statement: str = ""
    error: str = ""


class Refused(Exception):
    """A statement failed. ``passing`` means that it may go through later."""

    def __init__(self, statement: str, error: psycopg.Error) -> None:
        super().__init__(str(error).strip())
        self.statement = statement
        self.passing = (error.sqlstate or "08").startswith(_PASSING)
        self.missing = error.sqlstate in ("3F000", "42P01", "42704")


class _Taken(Exception):
    """The company is not there for us: upgraded, closed, claimed or being worked on by somebody else."""


def _key(schema: str) -> int:
    digest = hashlib.blake2b(f"upgrade:{schema}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _send(connection: psycopg.Connection[Any], script: str, shown: str) -> Any:
    """Send a script in one round trip; raises ``Refused`` with what is ``shown`` as the statement."""
    try:
        result = connection.pgconn.exec_(script.encode())
    except psycopg.Error as error:
        raise Refused(shown, error) from error
    if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK, ExecStatus.EMPTY_QUERY):
        raise Refused(shown, psycopg.errors.error_from_result(result))
    return result


_THERE = {
    True: "SELECT 1 FROM public.tenants_tenant WHERE schema_name = {schema} AND status <> 'closed'"
    " AND release = {release}",
    False: "SELECT 1 FROM public.tenants_blank WHERE schema_name = {schema} AND release = {release}"
    " FOR UPDATE SKIP LOCKED",
}
_ARRIVED = {
    True: "UPDATE public.tenants_tenant SET release = {release}, version = version + 1 WHERE id = {id}",
    False: "UPDATE public.tenants_blank SET release = {release} WHERE schema_name = {schema}",
}
_RECORDED = (
    "INSERT INTO django_migrations (app, name, applied) SELECT split_part(m, '.', 1),"
    " substr(m, strpos(m, '.') + 1), now() FROM unnest({migrations}::text[]) AS m"
)
_JOURNAL = (
    "UPDATE public.tenants_upgradestep SET state = 'done', statement = '', error = '', attempts = {attempts},"
    " seconds = {seconds} + extract(epoch FROM clock_timestamp() - now()), finished_at = clock_timestamp() WHERE id = {step}"
)


def _filled(text: str, **values: Any) -> str:
    return (
        sql.SQL(text).format(**{name: sql.Literal(value) for name, value in values.items()}).as_string(None)
    )


def _opening(work: Work) -> tuple[str, str]:
    """The statements that open the transaction, and the condition under which the company is there for us.

    The commit does not wait for the disk: schema, release and journal are one transaction, so a
    crash of the server would take all of it back, and whatever is committed after it, such as the
    end of the run, reaches the disk only behind it.
    """
    there = _filled(_THERE[work.tenant_id is not None], schema=work.schema, release=work.from_release)
    begin = (
        f"BEGIN; SET LOCAL search_path = {work.schema}, ext; SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS};"
        f" SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}; SET LOCAL synchronous_commit = off"
    )
    return begin, f"pg_try_advisory_xact_lock({_key(work.schema)}) AND EXISTS ({there})"


def _arrival(work: Work, hop: Hop, seconds: float, last: bool) -> str:
    """The statements that end a company's transaction: it has these migrations and this release now.

    ``seconds`` are those before the transaction; its own are added by the server's clock.
    """
    named = work.tenant_id is not None
    texts = [
        _filled(_RECORDED, migrations=hop.migrations),
        _filled(
            _ARRIVED[named],
            release=hop.to_release,
            **({"id": work.tenant_id} if named else {"schema": work.schema}),
        ),
    ]
    if last and work.step_id is not None:
        texts.append(_filled(_JOURNAL, attempts=work.attempts, seconds=round(seconds, 4), step=work.step_id))
    return ";\n".join(texts)


def _named(statement: str, work: Work) -> str:
    return statement.replace(SCHEMA_MARK, work.schema)


def _named_all(hop: Hop, work: Work) -> list[str]:
    return [hop.script.replace(SCHEMA_MARK, work.schema)] if hop.statements else []


def _in_one(connection: psycopg.Connection[Any], work: Work, hop: Hop, started: float, last: bool) -> None:
    """All statements of a hop and its record in one transaction."""
    begin, there = _opening(work)
    if work.attempts == 1:
        # A division by nothing ends the script before it has touched anything; the next attempt tells why.
        check = f"SELECT 1 / ({there})::integer"
        arrival = _arrival(work, hop, time.monotonic() - started, last)
        _send(connection, ";\n".join([begin, check, *_named_all(hop, work), arrival, "COMMIT"]), arrival)
        return
    # Something failed before: one by one, so that the journal can name it.
    if _send(connection, f"{begin}; SELECT {there}", "BEGIN").get_value(0, 0) != b"t":
        raise _Taken
    for statement in hop.statements:
        text = _named(statement.sql, work)
        _send(connection, text, text)
    arrival = _arrival(work, hop, time.monotonic() - started, last)
    _send(connection, f"{arrival};\nCOMMIT", arrival)


def _apart(connection: psycopg.Connection[Any], work: Work, hop: Hop, started: float, last: bool) -> None:
    """Build indexes without hindering anybody, outside any transaction, then record the hop."""
    rest: list[Statement] = []
    script = f"SET search_path = {work.schema}, ext; SET lock_timeout = 0; SET statement_timeout = 0"
    _send(connection, script, script)
    taken = _send(connection, f"SELECT pg_try_advisory_lock({_key(work.schema)})", "")
    if taken.get_value(0, 0) != b"t":
        raise _Taken
    try:
        for statement in hop.statements:
            if statement.concurrent:
                _index(connection, _named(statement.concurrent, work))
            else:
                rest.append(statement)
    finally:
        if connection.info.transaction_status == TransactionStatus.IDLE:
            _send(connection, f"SELECT pg_advisory_unlock({_key(work.schema)})", "")
    plain = Hop(hop.from_release, hop.to_release, hop.migrations, rest)
    _in_one(connection, work, plain, started, last)


def _index(connection: psycopg.Connection[Any], statement: str) -> None:
    """One concurrent index, once: what an earlier attempt left invalid is removed first."""
    words = statement.split()
    if words[0].upper() != "CREATE":
        _send(connection, statement, statement)
        return
    name = words[words.index("CONCURRENTLY") + 1].strip('"')
    found = connection.execute(
        "SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE c.relname = %s AND c.relnamespace = current_schema()::regnamespace",
        [name],
    ).fetchone()
    if found is not None and found[0]:
        return
    removal = f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"'
    if found is not None:
        _send(connection, removal, removal)
    try:
        _send(connection, statement, statement)
    except Refused:
        # An index that was begun and not finished costs every write and helps nobody.
        if not connection.closed:
            connection.pgconn.exec_(removal.encode())
        raise


def ways(connection: psycopg.Connection[Any], work: Work, plan: Plan) -> Iterator[tuple[Hop, bool]]:
    """The hops for this company, each with whether it must be apart: one of all, if its tables are small."""
    if plan.watched:
        largest = connection.execute(
            "SELECT coalesce(max(pg_relation_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relname = ANY(%s)",
            [work.schema, plan.watched],
        ).fetchone()
        if largest is not None and largest[0] > SMALL_TABLE_BYTES:
            yield from ((hop, hop.apart) for hop in plan.hops)
            return
    yield plan.whole, False


def upgrade(
    connection: psycopg.Connection[Any], work: Work, plan_of: Callable[[str], Plan | None]
) -> Outcome:
    """Bring one company (or blank) to the plan's end. Never raises for what the company is to blame for."""
    if not SCHEMA_NAME.match(work.schema):
        raise ValueError("This is not the name of a tenant's schema.")
    started = time.monotonic()
    work.attempts += 1
    plan = plan_of(work.from_release)
    if plan is None:
        return Outcome("busy")
    try:
        for hop, apart in ways(connection, work, plan):
            go = _apart if apart else _in_one
            go(connection, work, hop, started, hop.to_release == plan.to_release)
            work.from_release = hop.to_release
    except _Taken:
        _roll_back(connection)
        return Outcome(_why_taken(connection, work), time.monotonic() - started)
    except Refused as error:
        _roll_back(connection)
        return _after(connection, work, error, time.monotonic() - started)
    except psycopg.Error as error:
        return Outcome("again", time.monotonic() - started, "", str(error))
    return Outcome("done", time.monotonic() - started)


def _roll_back(connection: psycopg.Connection[Any]) -> None:
    if not connection.closed and connection.info.transaction_status != TransactionStatus.IDLE:
        connection.pgconn.exec_(b"ROLLBACK")


def _why_taken(connection: psycopg.Connection[Any], work: Work) -> str:
    """gone (closed or claimed), done (at another release already) or busy (being worked on)."""
    if work.tenant_id is None:
        return "gone"
    row = connection.execute(
        "SELECT status, release FROM public.tenants_tenant WHERE id = %s", [work.tenant_id]
    ).fetchone()
    if row is None or row[0] == "closed":
        return "gone"
    if row[1] != work.from_release:
        work.from_release = row[1]
        return "moved"
    return "busy"


def _after(connection: psycopg.Connection[Any], work: Work, error: Refused, seconds: float) -> Outcome:
    if connection.closed or connection.info.transaction_status == TransactionStatus.UNKNOWN:
        state = "again"
    elif error.missing and work.tenant_id is not None and _why_taken(connection, work) == "gone":
        state = "gone"
    elif work.attempts == 1:
        # The whole script failed; the next attempt tells which statement it was.
        state = "again"
    else:
        state = "again" if error.passing else "failed"
    if state == "again" and work.attempts >= MOST_ATTEMPTS:
        state = "failed"
    return Outcome(state, seconds, error.statement, str(error))


def pause_before(attempts: int) -> float:
    """Seconds until the next try: the second follows at once, the others double up to half a minute."""
    return 0.0 if attempts <= 1 else float(min(30.0, 0.25 * 2 ** (attempts - 1)))
