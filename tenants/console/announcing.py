"""Announcements: publish one to all tenants or to some, withdraw it early."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.actions import action, after_commit
from kernel.errors import Invalid, NotFound
from kernel.when import now
from tenants import bulletin
from tenants.console import acts
from tenants.models import Announcement, Tenant


def latest(limit: int = 100) -> list[Announcement]:
    """Announcements for the console, those that end last first."""
    return list(Announcement.objects.order_by("-ends_at", "-id")[:limit])


def announcement(id: UUID) -> Announcement:
    """One announcement. Raises ``NotFound``."""
    found = Announcement.objects.filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def audience_of(found: Announcement) -> QuerySet[Tenant]:
    """The live tenants whom an announcement reaches."""
    return reached(**{name: list(values) for name, values in found.audience.items()})


def reached(
    *, plans: list[str] | None = None, languages: list[str] | None = None, tenants: list[str] | None = None
) -> QuerySet[Tenant]:
    """The live tenants within an audience; an empty list narrows nothing."""
    chosen = Tenant.objects.originals().live()
    if plans:
        chosen = chosen.filter(lease__plan__in=plans)
    if languages:
        chosen = chosen.filter(language__in=languages)
    return chosen.filter(id__in=tenants) if tenants else chosen


@action()
def publish(
    *,
    by: Any,
    level: str,
    text_en: str,
    text_ru: str,
    ends_at: datetime,
    starts_at: datetime | None = None,
    plans: list[str] | None = None,
    languages: list[str] | None = None,
    tenants: list[UUID] | None = None,
) -> Announcement:
    """Say something to the people of all workspaces, or of those within plans, languages or tenants.

    Both texts are needed; an audience narrowed twice must fit twice. Raises ``Invalid`` for a
    text that is missing, an end that is past or before the start.
    """
    begins = starts_at or now()
    for name, text in (("text_en", text_en), ("text_ru", text_ru)):
        if not text.strip():
            raise Invalid(fields={name: [_("Write it in both languages: people read one of them.")]})
    if ends_at <= max(begins, now()):
        raise Invalid(ends_at=_("The end must lie ahead and after the start."))
    audience = {
        "plans": sorted(plans or []),
        "languages": sorted(languages or []),
        "tenants": sorted(str(one) for one in tenants or []),
    }
    found = Announcement.objects.create(
        level=Announcement.Level(level),
        text_en=text_en.strip()[:400],
        text_ru=text_ru.strip()[:400],
        audience={name: values for name, values in audience.items() if values},
        starts_at=begins,
        ends_at=ends_at,
        account_label=acts.label_of(by),
    )
    acts.note(None, by, "announced", found.text_en[:300], announcement=str(found.id))
    after_commit(bulletin.forget, alias="default")
    return found


@action()
def withdraw(*, by: Any, id: UUID) -> Announcement:
    """End an announcement now; repeating it changes nothing. Raises ``NotFound``."""
    found = Announcement.objects.select_for_update().filter(id=id).first()
    if found is None:
        raise NotFound
    if found.withdrawn_at is None:
        found.withdrawn_at = now()
        found.save(update_fields=["withdrawn_at"])
        acts.note(None, by, "announcement_withdrawn", found.text_en[:300], announcement=str(found.id))
        after_commit(bulletin.forget, alias="default")
    return found
