"""Fields whose value is typed or chosen: text, choice, flag, number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.db.models import Exists, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_core.lists.queries.conditions import Condition
from crm_core.lists.queries.declaring import Option
from crm_core.lists.queries.fields.base import Field, Unfit
from crm_core.lists.queries.reader import Reader
from crm_core.lists.queries.words import WORDS
from kernel.errors import Invalid

YES, NO = gettext_lazy("yes"), gettext_lazy("no")


@dataclass(frozen=True, slots=True)
class TextFilter(Field):
    """Free text. ``paths`` looks into several columns at once. Case never counts."""

    paths: tuple[str, ...] = ()
    words: ClassVar[tuple[str, ...]] = ("has", "lacks", "is", "not", "starts", "empty", "filled")

    _lookups: ClassVar[dict[str, str]] = {
        "has": "icontains", "lacks": "icontains", "is": "iexact", "not": "iexact", "starts": "istartswith",
    }  # fmt: skip

    def _q(self, condition: Condition, reader: Reader) -> Q:
        paths = self.paths or (self.path,)
        if condition.word in ("empty", "filled"):
            blank = Q()
            for path in paths:
                blank &= Q(**{f"{path}__isnull": True}) | Q(**{path: ""})
            return blank if condition.word == "empty" else ~blank
        found = Q()
        for value in condition.values:
            for path in paths:
                found |= Q(**{f"{path}__{self._lookups[condition.word]}": value})
        return ~found if condition.word in ("lacks", "not") else found

    def say_values(self, condition: Condition, reader: Reader) -> list[str]:
        return [_("“%(text)s”") % {"text": value} for value in condition.values]


@dataclass(frozen=True, slots=True)
class ChoiceFilter(Field):
    """One of a few values. ``options`` is a tuple, or a function that gives a list from the workspace's data."""

    options: tuple[Option, ...] | Callable[[], list[Option]] = ()
    nullable: bool = False
    words: ClassVar[tuple[str, ...]] = ("is", "not", "empty", "filled")
    widget: ClassVar[str] = "checks"

    def choices(self, reader: Reader) -> list[Option]:
        key = f"choices:{self.name}"
        if key not in reader.kept:
            found = self.options() if callable(self.options) else self.options
            reader.kept[key] = list(found)
        known: list[Option] = reader.kept[key]
        return known

    def _q(self, condition: Condition, reader: Reader) -> Q:
        empty = self._emptiness(condition)
        if empty is not None:
            return empty
        known = {option.value for option in self.choices(reader)}
        chosen = [value for value in condition.values if value in known]
        if not chosen:
            raise Unfit(
                _("The condition on “%(field)s” was left out: its value no longer exists.")
                % {"field": self.label}
            )
        found = Q(**{f"{self.path}__in": chosen})
        return ~found if condition.word == "not" else found

    def say_values(self, condition: Condition, reader: Reader) -> list[str]:
        labels = {option.value: str(option.label) for option in self.choices(reader)}
        return [labels[value] for value in condition.values if value in labels]


@dataclass(frozen=True, slots=True)
class FlagFilter(Field):
    """Yes or no: a boolean path, an annotation, or ``q``, a function that gives a condition such as ``Exists(…)``."""

    q: Callable[[], Q | Exists] | None = None
    yes: Any = YES
    no: Any = NO
    nullable: bool = False
    words: ClassVar[tuple[str, ...]] = ("is",)
    widget: ClassVar[str] = "choice"

    def choices(self, reader: Reader) -> list[Option]:
        return [Option("yes", self.yes), Option("no", self.no)]

    def _q(self, condition: Condition, reader: Reader) -> Q:
        if condition.value not in ("yes", "no"):
            raise self.bad_value(condition.value)
        found = Q(self.q()) if self.q else Q(**{self.path: True})
        return found if condition.value == "yes" else ~found

    def say_values(self, condition: Condition, reader: Reader) -> list[str]:
        return [str(self.yes if condition.value == "yes" else self.no)]


@dataclass(frozen=True, slots=True)
class NumberFilter(Field):
    """A number, whole or with a point. A range is written ``10..20`` in the URL, either end may be open."""

    digits: int = field(default=15)
    words: ClassVar[tuple[str, ...]] = ("is", "least", "most", "between", "empty", "filled")
    widget: ClassVar[str] = "number"

    def number(self, text: str) -> Decimal:
        """The number of a value in the URL. Raises ``Unfit``."""
        try:
            found = Decimal(text)
        except InvalidOperation:
            raise self.bad_value(text) from None
        if not found.is_finite() or abs(found) >= Decimal(10) ** self.digits:
            raise self.bad_value(text)
        return found

    def _q(self, condition: Condition, reader: Reader) -> Q:
        empty = self._emptiness(condition)
        if empty is not None:
            return empty
        return self.range_q(condition, [(self.number(end) if end else None) for end in ends(condition)])

    def range_q(self, condition: Condition, values: list[Any]) -> Q:
        """The query of is, least, most and between for values in the column's own unit."""
        if condition.word == "between":
            low, high = values
            if low is None and high is None:
                raise self.bad_value(condition.value)
            found = Q() if low is None else Q(**{f"{self.path}__gte": low})
            return found if high is None else found & Q(**{f"{self.path}__lte": high})
        lookup = {"is": "exact", "least": "gte", "most": "lte"}[condition.word]
        return Q(**{f"{self.path}__{lookup}": values[0]})

    def say_values(self, condition: Condition, reader: Reader) -> list[str]:
        said = [self.say_number(end, reader) for end in ends(condition) if end]
        if condition.word == "between" and len(said) == 2:
            return [_("%(low)s and %(high)s") % {"low": said[0], "high": said[1]}]
        return said

    def say_number(self, text: str, reader: Reader) -> str:
        return text.replace(".", ",") if reader.language == "ru" else text

    def read(self, word: str, data: dict[str, list[str]], reader: Reader) -> Condition:
        if WORDS[word].takes == "nothing":
            return Condition(self.name, word)
        typed = [
            self.typed(text, reader)
            for text in (data.get("value", [""])[:1] + data.get("value_to", [""])[:1])
        ]
        if word == "between":
            if not any(typed):
                raise Invalid(_("Enter at least one end."), field="value")
            return Condition(self.name, word, ("..".join([*typed, "", ""][:2]),))
        if not typed or not typed[0]:
            raise Invalid(_("Enter a number."), field="value")
        return Condition(self.name, word, (typed[0],))

    def typed(self, text: str, reader: Reader) -> str:
        """A number as people type it, as it stands in the URL. Raises ``Invalid``."""
        bare = "".join(text.split()).replace(",", ".")
        if not bare:
            return ""
        try:
            found = self.number(bare)
        except Unfit:
            raise Invalid(_("“%(text)s” is not a number."), field="value", text=text.strip()[:60]) from None
        return format(found.normalize(), "f")

    def fill(self, condition: Condition, reader: Reader) -> dict[str, Any]:
        low, high = [*ends(condition), "", ""][:2]
        return {"value": low, "value_to": high}


def ends(condition: Condition) -> list[str]:
    """The two ends of a range, or the one value."""
    if condition.word != "between":
        return [condition.value]
    low, _dots, high = condition.value.partition("..")
    return [low.strip(), high.strip()]
