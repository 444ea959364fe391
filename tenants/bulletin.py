"""What holds for the whole house now: maintenance, announcements, incidents, remembered by each process for a few seconds.

A control plane that does not answer changes nothing: what was known last goes on to hold.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import Error
from django.utils.translation import get_language

from kernel import context
from kernel.when import now
from tenants.models import Announcement, Incident, Maintenance

log = logging.getLogger("terem.bulletin")

FRESH_SECONDS = 5.0
# Nobody is told to come back sooner than this, in seconds.
SOONEST = 30


@dataclass(frozen=True, slots=True)
class Work:
    """Maintenance that holds: ``mode`` is readonly or closed, ``until`` its expected end (UTC)."""

    mode: str
    until: datetime

    @property
    def closed(self) -> bool:
        return self.mode == Maintenance.Mode.CLOSED

    @property
    def retry_after(self) -> int:
        """Seconds until it is worth asking again."""
        return max(SOONEST, int((self.until - now()).total_seconds()))


@dataclass(frozen=True, slots=True)
class Notice:
    """An announcement as workspaces need it."""

    id: str
    level: str
    texts: dict[str, str]
    audience: dict[str, list[str]]
    starts_at: datetime
    ends_at: datetime

    @property
    def text(self) -> str:
        language = (get_language() or "en").partition("-")[0]
        return self.texts.get(language) or self.texts["en"]

    def reaches(self, tenant: context.TenantRef) -> bool:
        """True if this tenant is among those it was written for."""
        asked = self.audience
        return (
            _among(asked.get("plans"), tenant.lease.plan)
            and _among(asked.get("languages"), tenant.language)
            and _among(asked.get("tenants"), str(tenant.id))
        )


def _among(wanted: list[str] | None, value: str) -> bool:
    return not wanted or value in wanted


@dataclass(frozen=True, slots=True)
class Trouble:
    """An incident that is not over: ``works`` that were announced, or something that does not work."""

    titles: dict[str, str]
    starts_at: datetime
    works: bool
    companies: frozenset[str]

    @property
    def title(self) -> str:
        return self.titles[(get_language() or "en").partition("-")[0]]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """Maintenance by tenant id (None: the whole platform), the announcements and incidents that have not ended."""

    works: dict[UUID | None, Work]
    notices: tuple[Notice, ...]
    troubles: tuple[Trouble, ...] = ()


_EMPTY = Bulletin({}, ())
_held: tuple[float, Bulletin] = (0.0, _EMPTY)


def present() -> Bulletin:
    """What holds now, at most ``FRESH_SECONDS`` old."""
    global _held  # noqa: PLW0603 (one per process, replaced whole)
    if _held[0] > time.monotonic():
        return _held[1]
    found = _held[1]
    try:
        found = _read()
    except Error as error:
        log.warning("the control plane does not answer (%s); what was known last holds", type(error).__name__)
    _held = (time.monotonic() + FRESH_SECONDS, found)
    return found


def forget() -> None:
    """Read anew at the next question; called after every change, for this process."""
    global _held  # noqa: PLW0603
    _held = (0.0, _held[1])


def _read() -> Bulletin:
    works = {
        found.tenant_id: Work(found.mode, found.until)
        for found in Maintenance.objects.using("default").filter(ended_at__isnull=True)
    }
    running = Announcement.objects.using("default").filter(ends_at__gt=now(), withdrawn_at__isnull=True)
    notices = tuple(_notice(found) for found in running.order_by("-starts_at", "-id")[:50])
    troubles = Incident.objects.using("default").filter(over_at=None).order_by("kind", "starts_at")
    return Bulletin(works, notices, tuple(_trouble(found) for found in troubles[:20]))


def _trouble(found: Incident) -> Trouble:
    works = found.kind == Incident.Kind.WORKS
    titles = {"en": found.title_en, "ru": found.title_ru}
    return Trouble(titles, found.starts_at, works, frozenset(found.companies))


def _notice(found: Announcement) -> Notice:
    texts = {"en": found.text_en, "ru": found.text_ru}
    return Notice(str(found.id), found.level, texts, dict(found.audience), found.starts_at, found.ends_at)


def work_on(tenant_id: UUID | None) -> Work | None:
    """The maintenance under which a tenant (None: the platform's own pages) is now; closed beats read-only."""
    works = present().works
    found = [work for key in {None, tenant_id} if (work := works.get(key)) is not None]
    return max(found, key=lambda work: (work.closed, work.until)) if found else None


def notices_for(tenant: context.TenantRef, dismissed: Any = ()) -> list[Notice]:
    """The announcements that a member of this tenant sees now, those put away left out."""
    moment = now()
    return [
        notice
        for notice in present().notices
        if notice.starts_at <= moment < notice.ends_at
        and notice.id not in dismissed
        and notice.reaches(tenant)
    ]


def trouble_for(tenant: context.TenantRef) -> Trouble | None:
    """What this tenant's people notice now: something that does not work before works that were announced."""
    moment = now()
    felt = [
        found
        for found in present().troubles
        if found.starts_at <= moment and (not found.companies or str(tenant.id) in found.companies)
    ]
    return min(felt, key=lambda found: (found.works, found.starts_at), default=None)
