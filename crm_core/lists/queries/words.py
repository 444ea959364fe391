"""The words of conditions: how each is written on a chip and how it makes a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

Takes = Literal["nothing", "one", "several", "two"]


@dataclass(frozen=True, slots=True)
class Word:
    """``name`` stands in the URL, ``label`` on the chip; ``sentence`` is said of field and value."""

    name: str
    label: Any
    sentence: Any
    takes: Takes = "one"


_ALL = (
    Word("is", pgettext_lazy("filter", "is"), gettext_lazy("%(field)s is %(value)s"), "several"),
    Word("not", pgettext_lazy("filter", "is not"), gettext_lazy("%(field)s is not %(value)s"), "several"),
    Word(
        "any",
        pgettext_lazy("filter", "has any of"),
        gettext_lazy("%(field)s has any of %(value)s"),
        "several",
    ),
    Word(
        "all",
        pgettext_lazy("filter", "has all of"),
        gettext_lazy("%(field)s has all of %(value)s"),
        "several",
    ),
    Word(
        "none",
        pgettext_lazy("filter", "has none of"),
        gettext_lazy("%(field)s has none of %(value)s"),
        "several",
    ),
    Word("has", pgettext_lazy("filter", "contains"), gettext_lazy("%(field)s contains %(value)s")),
    Word(
        "lacks",
        pgettext_lazy("filter", "does not contain"),
        gettext_lazy("%(field)s does not contain %(value)s"),
    ),
    Word("starts", pgettext_lazy("filter", "begins with"), gettext_lazy("%(field)s begins with %(value)s")),
    Word("on", pgettext_lazy("filter", "on"), gettext_lazy("%(field)s on %(value)s")),
    Word("before", pgettext_lazy("filter", "before"), gettext_lazy("%(field)s before %(value)s")),
    Word("after", pgettext_lazy("filter", "after"), gettext_lazy("%(field)s after %(value)s")),
    Word("between", pgettext_lazy("filter", "between"), gettext_lazy("%(field)s between %(value)s"), "two"),
    Word("in", pgettext_lazy("filter", "in"), gettext_lazy("%(field)s in %(value)s"), "several"),
    Word("past", pgettext_lazy("filter", "in the last"), gettext_lazy("%(field)s in the last %(value)s")),
    Word("coming", pgettext_lazy("filter", "in the next"), gettext_lazy("%(field)s in the next %(value)s")),
    Word("overdue", pgettext_lazy("filter", "is overdue"), gettext_lazy("%(field)s is overdue"), "nothing"),
    Word("least", pgettext_lazy("filter", "at least"), gettext_lazy("%(field)s at least %(value)s")),
    Word("most", pgettext_lazy("filter", "at most"), gettext_lazy("%(field)s at most %(value)s")),
    Word("empty", pgettext_lazy("filter", "is empty"), gettext_lazy("%(field)s is empty"), "nothing"),
    Word(
        "filled", pgettext_lazy("filter", "is filled in"), gettext_lazy("%(field)s is filled in"), "nothing"
    ),
)
WORDS: dict[str, Word] = {word.name: word for word in _ALL}


def either(values: list[str], *, together: bool = False) -> str:
    """A few values as words: one, two joined by "or" ("and"), or the first two and how many more."""
    if len(values) < 2:
        return "".join(values)
    if len(values) == 2:
        pair = {"first": values[0], "last": values[1]}
        return (_("%(first)s and %(last)s") if together else _("%(first)s or %(last)s")) % pair
    return _("%(first)s, %(second)s and %(count)s more") % {
        "first": values[0],
        "second": values[1],
        "count": len(values) - 2,
    }
