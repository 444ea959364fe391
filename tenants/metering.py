"""Sums of what companies use, by tenant, meter and day, folded from the single uses.

Uses arrive in ``relay.used`` (see ``kernel.metering``). Folding moves a batch of them into the kept uses and
adds it to the sums, in one statement: killed at any moment, it has done all of a batch or nothing, and a use
that commits late is simply taken by a later batch. So sums equal uses at every moment, and ``recount`` makes
them anew from the kept uses. Days are those of UTC, as the payment provider reckons.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connections, transaction
from django.db.models import Sum

from kernel.when import now
from tenants.models import Tenant, Use, UseOfDay

BATCH: Final = 5_000
# Single uses are kept so long; the sums stay.
KEPT_DAYS: Final = 100

# What a copy used before or after it changed places with its original belongs to the original; an example is for nothing.
_FOLD = """
WITH taken AS (
  DELETE FROM relay.used WHERE id IN (SELECT id FROM relay.used ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
  RETURNING role, meter, amount, at),
owned AS (
  SELECT coalesce(t.copy_of_id, t.id) AS tenant_id, u.meter, u.amount, u.at
  FROM taken u JOIN public.tenants_tenant t ON t.schema_name = u.role WHERE t.status <> 'closed'
  AND t.copy_kind <> 'example'),
kept AS (
  INSERT INTO public.tenants_use (tenant_id, meter, amount, at) SELECT tenant_id, meter, amount, at FROM owned),
summed AS (
  INSERT INTO public.tenants_useofday AS s (tenant_id, meter, day, value)
  SELECT tenant_id, meter, (at AT TIME ZONE 'UTC')::date, sum(amount) FROM owned GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (tenant_id, meter, day) DO UPDATE SET value = s.value + excluded.value)
SELECT count(*) FROM taken
"""
_WRONG = """
WITH real AS (
  SELECT tenant_id, meter, (at AT TIME ZONE 'UTC')::date AS day, sum(amount) AS value
  FROM public.tenants_use WHERE at >= %s GROUP BY 1, 2, 3)
SELECT coalesce(r.tenant_id, s.tenant_id), coalesce(r.meter, s.meter), coalesce(r.day, s.day), coalesce(r.value, 0)
FROM real r FULL JOIN (SELECT * FROM public.tenants_useofday WHERE day >= %s) s
  ON (s.tenant_id, s.meter, s.day) = (r.tenant_id, r.meter, r.day)
WHERE coalesce(r.value, 0) <> coalesce(s.value, 0)
"""
_MEND = (
    "INSERT INTO public.tenants_useofday (tenant_id, meter, day, value) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (tenant_id, meter, day) DO UPDATE SET value = excluded.value"
)


def _ask(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def fold(batch: int = BATCH) -> int:
    """Fold all uses that are committed now; returns how many. Several may run at once."""
    done = 0
    while True:
        with transaction.atomic(using="default"):
            taken: int = _ask(_FOLD, [batch])[0][0]
        done += taken
        if taken < batch:
            return done


def recount() -> int:
    """Make the sums anew from the kept uses, for the days that these still cover; returns how many sums were wrong."""
    first = _first_kept()
    with transaction.atomic(using="default"):
        # Folding waits meanwhile: it writes uses and sums together.
        _ask("LOCK TABLE public.tenants_useofday IN SHARE ROW EXCLUSIVE MODE", [])
        wrong = _ask(_WRONG, [first, first.date()])
        for row in wrong:
            _ask(_MEND, list(row))
    return len(wrong)


def _first_kept() -> datetime:
    """Midnight (UTC) of the first day whose uses are all kept."""
    return now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=KEPT_DAYS - 1)


def forget_old() -> int:
    """Remove single uses that nothing is reckoned from any more; returns how many."""
    return Use.objects.filter(at__lt=_first_kept()).delete()[0]


def forget(tenant: Tenant) -> None:
    """Remove what a tenant used, for one that is closed for good. What a copy used belongs to its original."""
    _ask("DELETE FROM relay.used WHERE role = %s", [tenant.schema_name])
    Use.objects.filter(tenant_id=tenant.id).delete()
    UseOfDay.objects.filter(tenant=tenant).delete()


def uses_by_day(tenant_id: UUID, begin: date, end: date) -> dict[str, dict[date, int]]:
    """What a tenant used from ``begin`` to before ``end``: meter → day (UTC) → sum. Days without use are absent."""
    found: dict[str, dict[date, int]] = {}
    rows = UseOfDay.objects.filter(tenant_id=tenant_id, day__gte=begin, day__lt=end).order_by("day")
    for meter, day, value in rows.values_list("meter", "day", "value"):
        found.setdefault(meter, {})[day] = value
    return found


def uses(tenant_id: UUID, begin: date, end: date) -> dict[str, int]:
    """What a tenant used from ``begin`` to before ``end`` (days in UTC): meter → sum."""
    rows = UseOfDay.objects.filter(tenant_id=tenant_id, day__gte=begin, day__lt=end)
    return dict(rows.values("meter").annotate(sum=Sum("value")).values_list("meter", "sum"))


def days_used(tenant_ids: Iterable[UUID], begin: date, end: date) -> list[tuple[UUID, str, date, int]]:
    """The sums of several tenants from ``begin`` to before ``end``: (tenant, meter, day, sum), oldest first."""
    rows = UseOfDay.objects.filter(tenant_id__in=list(tenant_ids), day__gte=begin, day__lt=end)
    return list(rows.order_by("day", "tenant_id", "meter").values_list("tenant_id", "meter", "day", "value"))
