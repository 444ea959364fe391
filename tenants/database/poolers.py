"""Is there a pooler between us and PostgreSQL, and does it keep sessions apart?

Path and role are set once per unit of work and belong to the session. A pooler
that hands a session to the next client after each transaction would answer with
another tenant's rows, and no pooler can restore a role: servers do not report
it. So a start behind such a pooler is refused.
"""

from __future__ import annotations

import logging
import secrets
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured

log = logging.getLogger("terem.database")

ROUNDS = 10

REASON = (
    "The tenants' login (TEREM_TENANT_DB) goes through a pooler that shares sessions between clients"
    " (PgBouncer: pool_mode = transaction or statement). A tenant's role and path belong to the session,"
    " so another tenant's rows would be served. Set pool_mode = session for this login, or connect to"
    " PostgreSQL itself; see deploy/pooler/pgbouncer.ini and the handbook's page on operations."
)


def plain(parameters: dict[str, Any]) -> dict[str, Any]:
    """Where to connect and as whom, of Django's parameters for a connection."""
    names = ("dbname", "user", "password", "host", "port", "connect_timeout")
    return {name: parameters[name] for name in names if name in parameters}


def is_between(connection: psycopg.Connection[Any]) -> bool:
    """True if somebody between us and the server answers for it: a pooler makes up its own process id."""
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    return row is None or row[0] != connection.info.backend_pid


def mixes(one: psycopg.Connection[Any], other: psycopg.Connection[Any]) -> bool:
    """True if two clients were seen to share a session, or one client to change its session."""
    token = secrets.token_hex(8)
    one.execute(f"SET terem.probe = '{token}'")
    seen = other.execute("SELECT current_setting('terem.probe', true)").fetchone()
    if seen is not None and seen[0] == token:
        return True
    for _ in range(ROUNDS):
        # Both in a transaction at once, then returned in order: a shared pool hands them out crosswise.
        for client in (one, other):
            client.execute("BEGIN")
            client.execute("SELECT 1")
        for client in (one, other):
            client.execute("COMMIT")
        kept = one.execute("SELECT current_setting('terem.probe', true)").fetchone()
        if kept is None or kept[0] != token:
            return True
    one.execute("RESET terem.probe")
    return False


def refuse_mixing(parameters: dict[str, Any]) -> None:
    """Raise ``ImproperlyConfigured`` if the tenants' login would share sessions. One query without a pooler."""
    options: dict[str, Any] = {**plain(parameters), "autocommit": True, "prepare_threshold": None}
    with psycopg.connect(**options) as one:
        if not is_between(one):
            return
        # With a single session behind the pooler the second client would wait for the first for ever.
        with psycopg.connect(**options) as other:
            if mixes(one, other):
                raise ImproperlyConfigured(REASON)
    log.info("a pooler in session mode stands before PostgreSQL")
