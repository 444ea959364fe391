"""Forms of lists: the questions of bulk changes, a view's name, and one condition of a filter."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm_core.lists.actions import SHARE
from crm_core.lists.actions.views import NAME_LONGEST
from crm_core.lists.models import SavedView
from crm_core.lists.queries.checking import shown_columns
from crm_core.lists.queries.conditions import Asked, Condition, Filter
from crm_core.lists.queries.declaring import Table
from crm_core.lists.queries.fields import Field
from crm_core.lists.queries.reader import Reader
from crm_core.lists.queries.words import WORDS, Word
from crm_core.records.queries import all_tags
from crm_core.team.models import Member
from crm_core.team.queries import assignable_by
from kernel.errors import Invalid
from ui.forms import Form, TextField


class AssignForm(Form):
    """Who gets the records."""

    owner_id = forms.ChoiceField(label=_("New owner"))

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(one.id), one.name) for one in assignable_by(by)]
        self.fields["owner_id"].choices = [*people, ("nobody", _("Nobody"))]  # type: ignore[attr-defined]

    def clean_owner_id(self) -> UUID | None:
        chosen = self.cleaned_data["owner_id"]
        return None if chosen == "nobody" else UUID(chosen)


class TagForm(Form):
    """Which tag; known ones are offered while typing."""

    name = TextField(label=_("Tag"), max_length=40)

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs |= {"list": "known-tags", "autocomplete": "off"}
        self.offered = {"known-tags": [tag.name for tag in all_tags()]}


class ViewForm(Form):
    """A view's name and who sees it; the second only for those who may share."""

    name = TextField(label=_("Name"), max_length=NAME_LONGEST)
    shared = forms.ChoiceField(label=_("Who sees it"), choices=SavedView.Shared.choices)

    def __init__(self, *args: Any, by: Member, of_nobody: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if of_nobody or not by.may(SHARE):
            del self.fields["shared"]
        elif not by.team_id:
            choices = [one for one in SavedView.Shared.choices if one[0] != SavedView.Shared.TEAM]
            self.fields["shared"].choices = choices  # type: ignore[attr-defined]


class ConditionForm:
    """One condition of a filter: a field, a word, and the inputs that the word takes.

    The word is chosen before the value, so that the form shows only what it asks; ``shape`` names the inputs.
    """

    def __init__(self, field: Field, word: str, reader: Reader, *, now: Condition | None = None) -> None:
        self.field = field
        self.words: list[Word] = field.known_words
        names = [one.name for one in self.words]
        self.word = WORDS[word if word in names else names[0]]
        self.reader = reader
        self.errors: dict[str, list[str]] = {}
        self.filled = field.fill(now, reader) if now else {}

    @classmethod
    def of(cls, field: Field, word: str, reader: Reader, now: Condition | None) -> ConditionForm:
        """The form for a chosen word, or for the condition that is being changed."""
        word = word or (now.word if now else "")
        return cls(field, word, reader, now=now if now and now.word == word else None)

    def added_to(self, asked: Filter, condition: Condition, key: str) -> Filter:
        """The filter with the condition: in place of ``key``, of one that allows one value, or as well."""
        one = self.word.takes != "several" and self.field.widget != "text"
        return asked.plus(condition, instead_of=key or (condition.key if one else ""))

    @property
    def shape(self) -> str:
        """nothing, checks, choice, stretch, days, two or one."""
        if self.word.takes == "nothing":
            return "nothing"
        if self.word.name == "in" and self.field.widget == "date":
            return "stretch"
        if self.word.name in ("past", "coming"):
            return "days"
        if self.word.name == "between":
            return "two"
        return self.field.widget if self.field.widget in ("checks", "choice") else "one"

    @property
    def kind(self) -> str:
        """The kind of typed value: text, date, number or money."""
        return self.field.widget

    @property
    def options(self) -> list[tuple[str, Any, bool]]:
        """Value, label and whether it is chosen."""
        chosen = set(self.filled.get("values", ()) or self.filled.get("stretches", ()))
        return [(one.value, one.label, one.value in chosen) for one in self.field.choices(self.reader)]

    def take(self, data: dict[str, list[str]]) -> Condition | None:
        """The condition that was submitted, or None with ``errors`` filled and everything typed kept."""
        self.filled = {
            "value": next(iter(data.get("value", [])), ""),
            "values": data.get("value", []),
            "stretches": data.get("stretch", []),
            "value_to": next(iter(data.get("value_to", [])), ""),
            "days": next(iter(data.get("days", [])), ""),
            "currency": next(iter(data.get("currency", [])), ""),
        }
        try:
            found = self.field.read(self.word.name, data, self.reader)
        except Invalid as error:
            self.errors = {name or "value": [str(one) for one in told] for name, told in error.fields.items()}
            return None
        if self.word.takes != "nothing" and not found.values:
            choosing = self.shape in ("checks", "choice")
            self.errors = {"value": [str(_("Choose at least one.") if choosing else _("Enter a value."))]}
            return None
        return found


class ColumnsForm:
    """Which columns are shown and in which order, as the dialog's fields say."""

    def __init__(self, table: Table, asked: Asked, data: QueryDict) -> None:
        self.finished = "apply" in data or "usual" in data
        shown = [column.name for column in shown_columns(table, asked)]
        self.chosen = (
            [name for name in data.getlist("chosen") if table.column(name)] if "chosen" in data else shown
        )
        order = [name for name in data.getlist("order") if table.column(name)] or list(self.chosen)
        order += [column.name for column in table.columns if column.name not in order]
        order = [name for name in order if name not in {one.name for one in table.columns if one.hidden}]
        moved = data.get("up", "")
        if moved in order[1:]:
            place = order.index(moved)
            order[place - 1], order[place] = order[place], order[place - 1]
        self.rows = [(table.column(name), name in self.chosen) for name in dict.fromkeys(order)]
        # The usual columns are those of the table: nothing is said about them in the address.
        self.result = () if "usual" in data else tuple(name for name in order if name in self.chosen)
