"""What every field of a filter can do: say which words it knows, become a query, and say itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from crm_core.lists.queries.conditions import Condition
from crm_core.lists.queries.declaring import Option
from crm_core.lists.queries.reader import Reader
from crm_core.lists.queries.words import WORDS, Word

# Through a to-many relation "is not" means that no related row is.
_POSITIVE = {"not": "is", "lacks": "has", "none": "any", "empty": "filled"}


class Unfit(Exception):
    """A condition that means nothing here. The sentence is shown beside the list, the condition is left out."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Field:
    """A thing that rows can be filtered by. ``path`` is an ORM path or an annotation's name.

    ``many`` says that the path goes through a to-many relation, so that rows must not come twice.
    """

    name: str
    label: Any
    path: str = ""
    many: bool = False
    nullable: bool = True
    needs: tuple[str, ...] = ()

    words: ClassVar[tuple[str, ...]] = ()
    widget: ClassVar[str] = "text"

    @property
    def known_words(self) -> list[Word]:
        """The words for this field in the order of the form; "empty" only where that can be."""
        return [WORDS[word] for word in self.words if self.nullable or word not in ("empty", "filled")]

    def as_q(self, condition: Condition, reader: Reader, model: type[Model]) -> Q:
        """The query of a condition. Raises ``Unfit``."""
        if condition.word not in {word.name for word in self.known_words}:
            raise Unfit(
                _("The condition on “%(field)s” was left out: it is not known here.") % {"field": self.label}
            )
        if WORDS[condition.word].takes != "nothing" and not condition.values:
            raise Unfit(
                _("The condition on “%(field)s” was left out: it has no value.") % {"field": self.label}
            )
        if not self.many:
            return self._q(condition, reader)
        positive = replace(condition, word=_POSITIVE.get(condition.word, condition.word))
        found = Q(pk__in=model._base_manager.filter(self._q(positive, reader)).values("pk"))
        return found if positive.word == condition.word else ~found

    def _q(self, condition: Condition, reader: Reader) -> Q:
        raise NotImplementedError

    def _emptiness(self, condition: Condition) -> Q | None:
        if condition.word in ("empty", "filled"):
            return Q(**{f"{self.path}__isnull": condition.word == "empty"})
        return None

    def say_values(self, condition: Condition, reader: Reader) -> list[str]:
        """The values in words, for the chip and the sentence."""
        return list(condition.values)

    def choices(self, reader: Reader) -> list[Option]:
        """What can be chosen; empty where a value is typed."""
        return []

    def read(self, word: str, data: dict[str, list[str]], reader: Reader) -> Condition:
        """The condition that a submitted form means. Raises ``kernel.errors.Invalid``."""
        return Condition(self.name, word, tuple(data.get("value", [])))

    def fill(self, condition: Condition, reader: Reader) -> dict[str, Any]:
        """The form's fields for a condition that is being changed."""
        return {"value": condition.value, "values": list(condition.values)}

    def bad_value(self, value: str) -> Unfit:
        return Unfit(
            _("The condition on “%(field)s” was left out: “%(value)s” makes no sense there.")
            % {"field": self.label, "value": value[:60]}
        )


def ids(values: Iterable[str]) -> list[UUID]:
    """The values that are ids."""
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
