"""Stages as a file names them, and the stages of the workspace that they become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crm_core.imports.queries.cells import yes_or_no
from crm_core.imports.reading import Row
from crm_core.sales.models import Outcome, Stage
from crm_core.team.models import Member
from kernel.errors import Invalid
from kernel.text import fold

# The answer "make this stage".
NEW = "new"
_WON = ("won", "выигран", "успешно реализован", "успех", "продан")
_LOST = ("lost", "проигран", "не реализован", "отказ", "провал", "потерян")


@dataclass(slots=True)
class StageWord:
    """One stage of the file: how it is called, in how many rows, with what chance (per cent) on average."""

    text: str
    outcome: str
    count: int = 0
    chance: float = 0.0

    @property
    def key(self) -> str:
        return stage_key(self.text, self.outcome)


def stage_key(text: str, outcome: str) -> str:
    """What an answer about a stage is stored under."""
    return f"{outcome}:{fold(text)}"


def outcome_of(cells: list[str], places: Mapping[str, int]) -> str:
    """Open, won or lost as a row says it by its flags, its status or the name of its stage; "" if it does not."""

    def flag(name: str) -> bool | None:
        text = cells[places[name]] if name in places else ""
        try:
            return yes_or_no(text) if text else None
        except Invalid:
            return None

    won, closed = flag("won"), flag("closed")
    if won:
        return Outcome.WON
    if closed is not None:
        return Outcome.LOST if closed and won is False else "" if closed else Outcome.OPEN
    for name in ("outcome", "stage"):
        said = _said(cells[places[name]]) if name in places else ""
        if said:
            return said
    return ""


def _said(text: str) -> str:
    folded = fold(text)
    # "Не реализовано" holds "реализовано": what is lost is looked for first.
    if any(word in folded for word in _LOST):
        return Outcome.LOST
    if any(word in folded for word in _WON):
        return Outcome.WON
    return Outcome.OPEN if folded in ("open", "открыта", "в работе") else ""


def gather(rows: Iterable[Row], places: Mapping[str, int]) -> list[StageWord]:
    """The stages that the rows name, in the order of their chances. ``places``: name of a deal's field → column."""
    found: dict[str, StageWord] = {}
    for row in rows:
        if row.problem is not None or not row.cells[places["stage"]]:
            continue
        text, outcome = row.cells[places["stage"]], outcome_of(row.cells, places)
        word = found.setdefault(stage_key(text, outcome), StageWord(text, outcome))
        word.count += 1
        word.chance += _number(row.cells[places["probability"]]) if "probability" in places else 0
    for word in found.values():
        word.chance /= word.count
    order = {Outcome.WON: 1, Outcome.LOST: 2}
    return sorted(found.values(), key=lambda word: (order.get(word.outcome, 0), word.chance, word.text))  # type: ignore[call-overload]


def _number(text: str) -> float:
    try:
        return min(100.0, max(0.0, float(text.rstrip("% ").replace(",", "."))))
    except ValueError:
        return 0.0


def proposals(member: Member, words: Iterable[StageWord], stages: list[Stage]) -> dict[str, str]:
    """The stage that each of the file's stages becomes unless somebody says otherwise: an id, or "new"."""
    may_make = member.may("sales.set_up")
    return {word.key: _proposal(word, stages, may_make) for word in words}


def _proposal(word: StageWord, stages: list[Stage], may_make: bool) -> str:
    fitting = [stage for stage in stages if not word.outcome or stage.kind == word.outcome]
    for stage in fitting:
        if fold(stage.name) == fold(word.text):
            return str(stage.id)
    if word.outcome in (Outcome.WON, Outcome.LOST):
        return str(fitting[0].id) if fitting else ""
    if may_make:
        return NEW
    open_stages: list[Any] = [stage for stage in fitting if stage.kind == Outcome.OPEN]
    nearest = min(open_stages, key=lambda stage: abs(stage.probability - word.chance), default=None)
    return str(nearest.id) if nearest else ""
