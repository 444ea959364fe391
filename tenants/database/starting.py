"""What a process that serves tenants asks before it starts, and tells of its connections afterwards."""

from __future__ import annotations

import logging

import psycopg
from django.db import connections

from tenants.database import pool, poolers

log = logging.getLogger("terem.database")


def check() -> None:
    """Raise ``ImproperlyConfigured`` behind a pooler that mixes sessions.

    A server that does not answer is no reason to end: it is asked again before the first use.
    """
    parameters = connections["tenant"].get_connection_params()
    try:
        poolers.refuse_mixing(parameters)
    except psycopg.Error as error:
        log.warning("the tenants' database does not answer at the start: %s", error)


def probe() -> None:
    """For readiness: raise ``OSError`` if the tenants' login finds no server."""
    try:
        psycopg.connect(**poolers.plain(connections["tenant"].get_connection_params())).close()
    except psycopg.Error as error:
        raise ConnectionError(str(error)) from error


def figures() -> dict[str, float]:
    """For metrics: this process's connections by state."""
    found = pool.present()
    known = found.figures() if found else dict.fromkeys(("open", "lent", "waiting"), 0)
    return {f'state="{name}"': float(value) for name, value in known.items()}
