"""Counting what a company uses: one small row for each use, in the transaction of the use itself.

A row goes into schema ``relay``, where a tenant's role may only insert and row security ties the row to
that role: no shared counter is touched, so nobody waits for anybody, and a use that is rolled back was
never counted. ``tenants.metering`` folds the rows into sums by tenant, meter and day.
"""

from __future__ import annotations

from django.db import connections

from kernel import context
from kernel.when import now

_INSERT = "INSERT INTO relay.used (meter, amount, at) VALUES (%s, %s, %s)"


def count(meter: str, amount: int = 1) -> None:
    """Count ``amount`` uses of ``meter`` by the tenant of the context, as part of the open transaction if there is one.

    Raises ``NoContext`` outside a tenant's work and ``ValueError`` for less than one use.
    """
    context.tenant()
    if amount < 1:
        raise ValueError("A use is counted in whole numbers from one.")
    with connections["tenant"].cursor() as cursor:
        cursor.execute(_INSERT, [meter, amount, now()])
