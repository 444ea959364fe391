"""Guessing which column is what: known exports first, then names, then values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm_core.imports.mapping.profiles import LEFT_OUT, Profile, recognise
from crm_core.imports.mapping.targets import Target, plain, spellings
from crm_core.imports.mapping.values import fits, looks_like
from crm_core.imports.reading import Column
from kernel.errors import worded
from kernel.text import similar

# From here on a guess is taken; below it the column waits for a hand.
TAKEN = 0.55
SURE = 0.9
_BY_VALUES = 0.6
_MISFIT = 0.6
_NEAR = 0.84


@dataclass(frozen=True)
class Guess:
    """What a column is taken for. No target: it is left out. `confidence` runs from 0 to 1.

    `reason` is a lazy sentence; `known` says that leaving it out was decided by a known export.
    """

    column: int
    target: Target | None
    confidence: float
    reason: Any
    known: bool = False


@dataclass(frozen=True)
class Mapping:
    """All guesses for a file, one for each column, and the main kind of record in it.

    `ready` means that nothing has to be done by hand: a known export, every column decided.
    """

    kind: str
    guesses: tuple[Guess, ...]
    profile: Profile | None = None

    @property
    def ready(self) -> bool:
        """Whether every column is decided without a doubt."""
        return self.profile is not None and all(
            guess.known or guess.confidence >= SURE for guess in self.guesses
        )

    def to_json(self) -> dict[str, str]:
        """Places of columns to keys of targets (`{"3": "company.name"}`), for storage."""
        return {str(guess.column): guess.target.key for guess in self.guesses if guess.target}


def guess(columns: Sequence[Column], targets: Sequence[Target], *, kind: str = "") -> Mapping:
    """Match the columns of a file with targets. `kind` fixes the main kind of record, else it is guessed.

    Targets of other kinds are used only for columns that the main kind does not want (a person beside a
    company), never for a known export.
    """
    profile = recognise([column.name for column in columns])
    if profile and kind in ("", profile.kind) and any(target.kind == profile.kind for target in targets):
        return Mapping(profile.kind, _by_profile(profile, columns, targets), profile)
    scores = [
        (score, column, target)
        for column in columns
        for target in targets
        if (score := _score(column, target)) >= TAKEN
    ]
    main = kind or _main_kind(scores, targets)
    return Mapping(main, _assigned(columns, scores, main))


def _by_profile(profile: Profile, columns: Sequence[Column], targets: Sequence[Target]) -> tuple[Guess, ...]:
    wanted = {target.name: target for target in targets if target.kind == profile.kind}
    reason = worded(_("Known from %(system)s."), system=profile.label)
    found: dict[int, Guess] = {}
    taken: set[Target] = set()
    for column in columns:
        name = profile.target_of(column.name)
        if name is None:
            continue
        target = wanted.get(name) if name != LEFT_OUT else None
        if target and target in taken and not target.many:
            target = None
        if target:
            taken.add(target)
        found[column.place] = Guess(column.place, target, 1.0, reason, known=True)
    rest = [column for column in columns if column.place not in found]
    scores = [
        (score, column, target)
        for column in rest
        for target in wanted.values()
        if (target.many or target not in taken) and (score := _score(column, target)) >= TAKEN
    ]
    for other in _assigned(rest, scores, profile.kind):
        found[other.column] = other
    return tuple(found[column.place] for column in columns)


def _score(column: Column, target: Target) -> float:
    name = _by_name(column.name, target)
    if not name:
        suits = looks_like(column) == target.type and target.type in (
            "email",
            "phone",
            "url",
            "country",
            "currency",
        )
        return _BY_VALUES if suits else 0.0
    return name if fits(column, target.type) else name * _MISFIT


def _by_name(heading: str, target: Target) -> float:
    bare = plain(heading)
    known = spellings(target)
    if bare in known:
        return 1.0
    # A unit or a number behind the name (Phone 2, Amount EUR) leaves it recognisable.
    words = heading.replace("_", " ").replace("(", " ").split()
    for length in range(len(words) - 1, 0, -1):
        if plain(" ".join(words[:length])) in known:
            return 0.8
    if len(bare) >= 5 and any(
        abs(len(word) - len(bare)) <= 2 and similar(word, bare) >= _NEAR for word in known
    ):
        return 0.75
    return 0.0


def _main_kind(scores: Sequence[tuple[float, Column, Target]], targets: Sequence[Target]) -> str:
    """The kind with most columns that no other kind has; ties go to the order of the targets."""
    order = list(dict.fromkeys(target.kind for target in targets))
    weight: Counter[str] = Counter()
    for place in {column.place for _score, column, _target in scores}:
        best: dict[str, float] = {}
        for score, column, target in scores:
            if column.place == place:
                # A name of one's own tells most about what the rows are.
                value = score * (2 if target.name in ("name", "last_name", "amount", "stage") else 1)
                if target.type == "reference" or _aside(column.name, target):
                    value *= 0.25
                best[target.kind] = max(best.get(target.kind, 0), value)
        for kind, value in best.items():
            weight[kind] += value / (1 + 0.2 * (len(best) - 1))  # type: ignore[assignment]
    return max(order, key=lambda kind: (weight[kind], -order.index(kind)), default="")


def _aside(heading: str, target: Target) -> bool:
    """A contact person's name stands beside the company or deal that the row is about."""
    return (
        target.kind == "person" and target.name == "name" and "онтакт" in heading.replace("ontact", "онтакт")
    )


def _assigned(
    columns: Sequence[Column], scores: Sequence[tuple[float, Column, Target]], main: str
) -> tuple[Guess, ...]:
    """Best pairs first, the main kind's before others'; every target once unless it takes many."""
    found: dict[int, Guess] = {}
    taken: set[Target] = set()
    ranked = sorted(
        scores,
        key=lambda item: (item[2].kind == main, item[0], bool(item[1].filled), -item[1].place),
        reverse=True,
    )
    for score, column, target in ranked:
        if column.place in found or (target in taken and not target.many):
            continue
        if target.kind != main and target.name in (
            "old_id",
            "owner",
            "created_on",
            "description",
            "tags",
            "source",
        ):
            continue
        by_values = score == _BY_VALUES and not _by_name(column.name, target)
        reason = _("By its values.") if by_values else _("By its name.")
        if not fits(column, target.type):
            reason = _("By its name, although the values look different.")
        found[column.place] = Guess(column.place, target, round(score, 2), reason)
        taken.add(target)
    return tuple(
        found.get(column.place) or Guess(column.place, None, 0.0, _("Not recognised.")) for column in columns
    )
