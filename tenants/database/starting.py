"""What every process that serves tenants asks once before it starts."""

from __future__ import annotations

import logging

import psycopg
from django.db import connections

from tenants.database import poolers

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
