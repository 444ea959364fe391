"""The list of companies: search, filters, sorting by any column, paging by key, sums."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Lower

from identity import api as identity
from kernel.when import now
from tenants.console.faults import code_release
from tenants.leases import plan_words
from tenants.models import Fault, Membership, Meter, Tenant, Touched

PAGE_SIZE = 50
# A meter counts seconds since 1970: when somebody of the tenant was last seen.
ACTIVE = "active_at"
METERS = ("members", "records", "storage", "database", ACTIVE)
SORTS: dict[str, Any] = {
    "opened": F("id"),  # ids grow with time
    "name": Lower("name"),
    **{name: F(name) for name in METERS},
    "faults": F("faults_now"),
}
# Records from .. to; bytes of files from.
SIZES = {"small": (0, 1_000), "middle": (1_000, 50_000), "large": (50_000, None)}
SEEN = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
# A fault counts for a tenant while it is open and was met there within this time.
FAULTS_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for; an empty field narrows nothing."""

    words: str = ""
    status: str = ""
    plan: str = ""
    release: str = ""
    size: str = ""
    seen: str = ""
    faults: str = ""
    sort: str = "opened"
    ascending: bool = False

    @property
    def narrowed(self) -> bool:
        return any((self.words, self.status, self.plan, self.release, self.size, self.seen, self.faults))


@dataclass(frozen=True, slots=True)
class Row:
    """A company in the list with what was measured there (None: not yet)."""

    tenant: Tenant
    meters: dict[str, int | None]
    faults: int
    behind: bool

    @property
    def plan_words(self) -> str:
        return plan_words(self.tenant.lease.get("plan", ""))

    @property
    def seen_at(self) -> datetime | None:
        seconds = self.meters[ACTIVE]
        return datetime.fromtimestamp(seconds, UTC) if seconds else None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, and the key of the next one, empty at the end."""

    rows: list[Row]
    next: str


@dataclass(frozen=True, slots=True)
class Sums:
    """What all rows of the list come to, not only those of the page."""

    companies: int
    members: int
    records: int
    storage: int


def _meter(name: str) -> Subquery:
    return Subquery(
        Meter.objects.filter(tenant=OuterRef("pk"), name=name).values("value")[:1],
        output_field=BigIntegerField(),
    )


def find(wanted: Wanted) -> QuerySet[Tenant]:
    """The companies that were asked for, in no order, with meters and number of faults."""
    faults = (
        Touched.objects.filter(
            tenant=OuterRef("pk"), fault__state=Fault.State.OPEN, last_at__gte=now() - FAULTS_WITHIN
        )
        .order_by()
        .values("tenant")
        .annotate(number=Count("id"))
        .values("number")
    )
    found = Tenant.objects.originals().annotate(
        **{name: Coalesce(_meter(name), 0) for name in METERS}, faults_now=Coalesce(Subquery(faults), 0)
    )
    chosen: QuerySet[Tenant] = _narrowed(found, wanted)
    return chosen


def _narrowed(found: Any, wanted: Wanted) -> Any:
    """``found`` carries the annotations of :func:`find`."""
    if wanted.words:
        found = found.filter(_named(wanted.words))
    if wanted.status:
        found = found.filter(status=wanted.status)
    if wanted.plan:
        found = found.filter(lease__plan=wanted.plan)
    if wanted.release:
        current = Q(release=code_release())
        found = found.filter(current if wanted.release == "current" else ~current)
    if wanted.size in SIZES:
        least, below = SIZES[wanted.size]
        found = found.filter(records__gte=least, **({"records__lt": below} if below else {}))
    if wanted.seen in SEEN:
        found = found.filter(active_at__gte=int((now() - SEEN[wanted.seen]).timestamp()))
    elif wanted.seen == "silent":
        found = found.filter(active_at__lt=int((now() - SEEN["month"]).timestamp()))
    return found.filter(faults_now__gt=0) if wanted.faults else found


def _named(words: str) -> Q:
    """Name, address or schema; with an @ the whole address of somebody who belongs to the company."""
    by_name = Q(name__icontains=words) | Q(schema_name=words) | Q(addresses__host__icontains=words)
    if "@" in words:
        account = identity.by_email(words)
        belongs = Membership.objects.filter(account_id=account.pk, active=True) if account else None
        return Q(id__in=belongs.values("tenant")) if belongs is not None else Q(pk__in=[])
    return Q(id__in=Tenant.objects.filter(by_name | Q(slug__icontains=words)).values("id"))


def page(wanted: Wanted, after: str = "", size: int = PAGE_SIZE) -> Page:
    """One page after key ``after``; a nonsense key is the first page."""
    found = find(wanted).annotate(sort_value=SORTS[wanted.sort])
    key = _read_key(after, wanted.sort)
    if key is not None:
        side = "gt" if wanted.ascending else "lt"
        value, id_ = key
        found = found.filter(
            Q(**{f"sort_value__{side}": value}) | Q(sort_value=value, **{f"id__{side}": id_})
        )
    mark = "" if wanted.ascending else "-"
    rows = list(found.order_by(f"{mark}sort_value", f"{mark}id")[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return Page([_row(one) for one in rows[:size]], _key(last.sort_value, last.id) if last else "")


def every(wanted: Wanted, most: int = 100_000) -> Iterator[Row]:
    """Every row of the list, for a file."""
    mark = "" if wanted.ascending else "-"
    found = find(wanted).annotate(sort_value=SORTS[wanted.sort]).order_by(f"{mark}sort_value", f"{mark}id")
    for one in found[:most].iterator(chunk_size=500):
        yield _row(one)


def one(tenant: Tenant) -> Row:
    """One company as the list shows it."""
    return _row(find(Wanted()).get(id=tenant.id))


def _row(tenant: Any) -> Row:
    known: dict[str, int | None] = {name: getattr(tenant, name) for name in METERS}
    if not known["database"]:
        # A schema takes space: this one was never measured, and a nought would be a lie.
        known = {name: value or None for name, value in known.items()}
    behind = tenant.release != code_release() and tenant.status != Tenant.Status.CLOSED
    return Row(tenant, known, tenant.faults_now, behind)


def _key(value: Any, id: UUID) -> str:
    text = json.dumps([str(value) if isinstance(value, UUID) else value, str(id)])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _read_key(text: str, sort: str) -> tuple[Any, UUID] | None:
    try:
        value, last = json.loads(base64.urlsafe_b64decode(text.encode()))
        wanted = {"opened": UUID, "name": str}.get(sort, int)
        return (wanted(value), UUID(last))
    except (ValueError, TypeError, UnicodeError):
        return None


def sums(wanted: Wanted) -> Sums:
    """What the rows of the list come to."""
    ids = find(wanted).values("id")
    totals = dict(
        Meter.objects.filter(tenant__in=ids, name__in=("members", "records", "storage"))
        .order_by()
        .values_list("name")
        .annotate(total=Sum("value"))
    )
    return Sums(
        find(wanted).count(), *(int(totals.get(name, 0)) for name in ("members", "records", "storage"))
    )


def plans() -> list[str]:
    """The plans that companies have now."""
    found = Tenant.objects.originals().order_by().values_list("lease__plan", flat=True).distinct()
    return sorted(name for name in found if name)
