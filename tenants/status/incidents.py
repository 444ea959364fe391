"""Incidents and announced works: opened, told about until they are over, always in both languages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel.actions import action, after_commit
from kernel.errors import Conflict, Invalid, NotFound
from kernel.when import now
from tenants import bulletin
from tenants.console import acts
from tenants.status.models import Incident, IncidentUpdate
from tenants.status.parts import PARTS, State

Stage = Incident.Stage
TROUBLE_STAGES = (Stage.LOOKING, Stage.FOUND, Stage.WATCHING, Stage.OVER)
WORKS_STAGES = (Stage.PLANNED, Stage.RUNNING, Stage.OVER, Stage.CANCELLED)
ENDS = (Stage.OVER, Stage.CANCELLED)


def _both(fields: dict[str, str]) -> None:
    for name, text in fields.items():
        if not text.strip():
            raise Invalid(fields={name: [_("Write it in both languages: people read one of them.")]})


def _known(parts: list[str]) -> list[str]:
    chosen = [name for name in PARTS if name in parts]
    if not chosen:
        raise Invalid(parts=_("Choose what it concerns."))
    return chosen


@action()
def open_trouble(
    *,
    by: Any,
    effect: str,
    parts: list[str],
    title_en: str,
    title_ru: str,
    text_en: str,
    text_ru: str,
    companies: list[UUID] | None = None,
) -> Incident:
    """Tell people that something does not work. Raises ``Invalid`` for a text or a part that is missing."""
    _both({"title_en": title_en, "title_ru": title_ru, "text_en": text_en, "text_ru": text_ru})
    found = Incident.objects.create(
        kind=Incident.Kind.TROUBLE,
        stage=Stage.LOOKING,
        effect=State(effect),
        parts=_known(parts),
        companies=sorted(str(one) for one in companies or []),
        title_en=title_en.strip()[:120],
        title_ru=title_ru.strip()[:120],
        account_label=acts.label_of(by),
    )
    _say(found, by, text_en, text_ru)
    acts.note(None, by, "incident_opened", found.title_en, incident=str(found.id))
    return found


@action()
def announce_works(
    *,
    by: Any,
    parts: list[str],
    title_en: str,
    title_ru: str,
    text_en: str,
    text_ru: str,
    starts_at: datetime,
    ends_at: datetime,
) -> Incident:
    """Announce works for a time ahead. Raises ``Invalid`` for times that are past or the wrong way round."""
    _both({"title_en": title_en, "title_ru": title_ru, "text_en": text_en, "text_ru": text_ru})
    if starts_at <= now():
        raise Invalid(starts_at=_("Works are announced before they begin."))
    if ends_at <= starts_at:
        raise Invalid(ends_at=_("The end must lie after the start."))
    found = Incident.objects.create(
        kind=Incident.Kind.WORKS,
        stage=Stage.PLANNED,
        parts=_known(parts),
        title_en=title_en.strip()[:120],
        title_ru=title_ru.strip()[:120],
        starts_at=starts_at,
        ends_at=ends_at,
        account_label=acts.label_of(by),
    )
    _say(found, by, text_en, text_ru)
    acts.note(None, by, "works_announced", found.title_en, incident=str(found.id))
    return found


@action()
def tell(*, by: Any, id: UUID, stage: str, text_en: str, text_ru: str) -> Incident:
    """Add what is known now; the last stage ends the incident.

    Raises ``NotFound``, ``Conflict`` for one that is over, ``Invalid`` for a missing text or a foreign stage.
    """
    _both({"text_en": text_en, "text_ru": text_ru})
    found = Incident.objects.select_for_update().filter(id=id).first()
    if found is None:
        raise NotFound
    if not found.is_open:
        raise Conflict(_("This incident is over. Open a new one."))
    if stage not in stages_of(found):
        raise Invalid(stage=_("Choose a stage."))
    found.stage = Stage(stage)
    if found.stage in ENDS:
        found.over_at = now()
    found.save(update_fields=["stage", "over_at"])
    _say(found, by, text_en, text_ru)
    verb = "incident_over" if found.stage in ENDS else "incident_told"
    acts.note(None, by, verb, text_en, incident=str(found.id))
    return found


def _say(found: Incident, by: Any, text_en: str, text_ru: str) -> None:
    IncidentUpdate.objects.create(
        incident=found,
        stage=found.stage,
        text_en=text_en.strip()[:600],
        text_ru=text_ru.strip()[:600],
        account_label=acts.label_of(by),
    )
    after_commit(bulletin.forget, alias="default")


def stages_of(found: Incident) -> tuple[Incident.Stage, ...]:
    """The stages that an incident of this kind can be in."""
    return TROUBLE_STAGES if found.kind == Incident.Kind.TROUBLE else WORKS_STAGES


def incident(id: UUID) -> Incident:
    """One incident. Raises ``NotFound``."""
    found = Incident.objects.filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def updates_of(found: Incident) -> list[IncidentUpdate]:
    """What was said about it, the last first."""
    return list(found.updates.order_by("-at", "-id"))


def present() -> list[Incident]:
    """What is not over: trouble first, then works by their time."""
    found = Incident.objects.filter(over_at=None).prefetch_related("updates")
    return sorted(found, key=lambda one: (one.kind != Incident.Kind.TROUBLE, one.starts_at))


def past(within: timedelta = timedelta(days=90), limit: int = 30) -> list[Incident]:
    """What is over and began not too long ago, the last first. Works that were cancelled are left out."""
    over = Incident.objects.filter(over_at__isnull=False, starts_at__gt=now() - within)
    return list(
        over.exclude(stage=Stage.CANCELLED).prefetch_related("updates").order_by("-starts_at", "-id")[:limit]
    )


def latest(limit: int = 100) -> list[Incident]:
    """All of them for the console, the open ones first."""
    return [*present(), *Incident.objects.filter(over_at__isnull=False).order_by("-starts_at", "-id")[:limit]]
