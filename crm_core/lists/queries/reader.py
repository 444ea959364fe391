"""Who reads a list, and when: what "me", "today" and a name mean in a condition. One per request."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from crm_core.records.models import Tag
from crm_core.team.models import Member
from kernel import context
from kernel.when import read_zone, today


@dataclass(slots=True)
class Reader:
    """Reads members and tags at most once, and only when a condition or form names one."""

    member: Member
    language: str = "en"
    zone: str = "UTC"
    currency: str = "EUR"
    today: date = date.min
    kept: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, member: Member) -> Reader:
        """The reader for the present context; the workspace's currency is the usual one."""
        here = context.current()
        zone = here.zone or "UTC"
        return cls(member, here.language, zone, context.tenant().currency, today(zone))

    def members(self) -> dict[UUID, Member]:
        """Everybody in the workspace, those who left too (their records still name them)."""
        if "members" not in self.kept:
            self.kept["members"] = {one.id: one for one in Member.objects.order_by("-active", "name")}
        found: dict[UUID, Member] = self.kept["members"]
        return found

    def tags(self) -> dict[UUID, Tag]:
        if "tags" not in self.kept:
            self.kept["tags"] = {tag.id: tag for tag in Tag.objects.order_by("name")}
        found: dict[UUID, Tag] = self.kept["tags"]
        return found

    def day_starts(self, day: date) -> datetime:
        """The first moment of a day in the reader's zone, in UTC."""
        return datetime.combine(day, time(0), tzinfo=read_zone(self.zone)).astimezone(UTC)

    def day_ends(self, day: date) -> datetime:
        """The first moment after the day."""
        return self.day_starts(day + timedelta(days=1))
