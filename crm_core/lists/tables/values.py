"""The values of cells as templates draw them: links made, amounts listed, next steps worded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from crm_core.lists.queries.declaring import Column, Step
from crm_core.lists.queries.reader import Reader
from crm_core.lists.tables.words import number
from crm_core.records import registry
from kernel.money import Money, Totals
from kernel.when import format_when, read_zone

# People are round: their kind is the one that wears the icon of people.
_PEOPLE = "users"


@dataclass(frozen=True, slots=True)
class RecordShown:
    """A record as a chip: companies have a square mark, people a round one, the rest none."""

    pk: Any
    label: str
    url: str
    square: bool = False
    round: bool = False


@dataclass(frozen=True, slots=True)
class StepShown:
    words: str
    text: str
    icon: str
    tone: str
    when: date | datetime | None


def shown(column: Column, value: Any, reader: Reader) -> Any:
    """What the cell's template gets for a value of the column's format."""
    if column.format == "money":
        return _amounts(value)
    if value is None:
        return None
    if column.format == "record":
        return _record(value)
    if column.format == "step" and isinstance(value, Step):
        return StepShown(step_words(value, reader), str(value.text), value.icon, value.tone, value.when)
    if column.format == "number" and isinstance(value, int):
        return number(value)
    if column.format == "percent":
        return f"{value}\u00a0%" if reader.language == "ru" else f"{value}%"
    return value


def _amounts(value: Any) -> list[Money]:
    if isinstance(value, Totals):
        return list(value.values())
    return [value] if isinstance(value, Money) else []


def _record(card: Any) -> RecordShown:
    kind = registry.KINDS.get(card.kind)
    if kind is None:
        return RecordShown(card.pk, card.label, "")
    return RecordShown(card.pk, card.label, kind.url(card.pk), kind.square, kind.icon == _PEOPLE)


def step_words(step: Step, reader: Reader) -> str:
    """What and when: "Call, tomorrow 10:00". Dates further away than a day are named."""
    if step.when is None:
        return str(step.text)
    moment = step.when if isinstance(step.when, datetime) else None
    day = moment.astimezone(read_zone(reader.zone)).date() if moment else step.when
    near = abs((day - reader.today).days) <= 1
    words = format_when(day, language=reader.language, style="relative" if near else "short")
    if moment:
        words += " " + format_when(moment, language=reader.language, zone=reader.zone, style="time")
    return _("%(what)s, %(when)s") % {"what": step.text, "when": words}
