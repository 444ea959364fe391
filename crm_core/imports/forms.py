"""What the wizard asks: the file, how it is written, what each column is, what is asked once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.imports import queries
from crm_core.imports.models import Import
from crm_core.imports.queries import stages
from crm_core.imports.queries.targets import BESIDE
from crm_core.imports.reading import ENCODINGS
from crm_core.records import registry
from crm_core.sales.queries import pipelines
from crm_core.team.models import Member
from crm_core.team.queries import assignable_by
from kernel.currencies import CURRENCIES
from kernel.money import currency_choices
from ui.forms import Form

SEPARATORS = (
    (",", _("comma ,")),
    (";", _("semicolon ;")),
    ("\t", _("tab")),
    ("|", _("vertical line |")),
)
ORDERS = (("", _("Choose…")), ("dmy", _("day, month, year")), ("mdy", _("month, day, year")))
TRAITS = (
    ("tax", _("Tax number")),
    ("email", _("E-mail")),
    ("domain", _("Website")),
    ("phone", _("Phone")),
    ("name", _("Name")),
)


class UploadForm(Form):
    """The first step. The view looks at the file itself: forms read it whole."""

    file = forms.FileField(label=_("File"), required=False)
    kind = forms.CharField(required=False, widget=forms.HiddenInput)


class ReadingForm(Form):
    """How the file is written, as recognised, to be put right."""

    encoding = forms.ChoiceField(label=_("Encoding"), required=False)
    separator = forms.ChoiceField(label=_("Columns are separated by"), required=False)
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    header = forms.IntegerField(
        label=_("Line with the names of the columns"), required=False, min_value=0, max_value=60,
        help_text=_("0 if the table has none."),
    )  # fmt: skip

    def __init__(self, *args: Any, found: Import, **kwargs: Any) -> None:
        dialect = found.dialect
        kwargs.setdefault(
            "initial", {name: dialect.get(name) for name in ("encoding", "separator", "sheet", "header")}
        )
        super().__init__(*args, **kwargs)
        if dialect.get("kind") == "workbook":
            del self.fields["encoding"], self.fields["separator"]
            sheets = found.facts.get("sheets") or [dialect.get("sheet", "")]
            self.fields["sheet"].choices = [(name, name) for name in sheets]  # type: ignore[attr-defined]
            return
        del self.fields["sheet"]
        self.fields["encoding"].choices = list(ENCODINGS.items())  # type: ignore[attr-defined]
        known = {sign for sign, _words in SEPARATORS}
        odd = [] if dialect["separator"] in known else [(dialect["separator"], dialect["separator"])]
        self.fields["separator"].choices = [*SEPARATORS, *odd]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What differs from what was recognised or was set before, for ``reading.sniff``."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class OptionsForm(Form):
    """What is asked once for the whole file. Only what this file needs is shown."""

    kind = forms.ChoiceField(label=_("What is in the rows"), required=False)
    existing = forms.ChoiceField(
        label=_("If a record exists"), choices=Import.Existing.choices, required=False
    )
    twins = forms.ChoiceField(label=_("Possible duplicates"), choices=Import.Twins.choices, required=False)
    owner = forms.ChoiceField(label=_("Owner of the records"), required=False)
    currency = forms.ChoiceField(label=_("Currency of the amounts"), required=False)
    order = forms.ChoiceField(label=_("Dates are written as"), choices=ORDERS, required=False)
    pipeline = forms.ChoiceField(label=_("Pipeline"), required=False)
    traits = forms.MultipleChoiceField(
        label=_("Recognise what is there by"),
        choices=TRAITS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, found: Import, member: Member, **kwargs: Any) -> None:
        given = {"kind": found.kind, "traits": [name for name, _words in TRAITS]} | found.options
        kwargs.setdefault("initial", given)
        super().__init__(*args, **kwargs)
        self.found, self.member = found, member
        self._choose()
        self._drop_needless()

    def _choose(self) -> None:
        choices = {
            "kind": [(name, registry.kind(name).many) for name in BESIDE],
            "owner": [("", pgettext_lazy("owner of a record", "Nobody"))]
            + [(str(one.id), one.name) for one in assignable_by(self.member)],
            "currency": currency_choices(),
            "pipeline": [(str(one.id), one.name) for one in pipelines()],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def _drop_needless(self) -> None:
        mapped = queries.fields_of(self.found)
        types = {target.type for target in mapped.values()}
        doubtful = [
            column for column in queries.columns_of(self.found)
            if column.dates and not column.dates.sure and column.place in mapped
        ]  # fmt: skip
        asks_order = any(mapped[column.place].type in ("date", "moment") for column in doubtful)
        needless = {
            "currency": "amount" not in types,
            "order": not asks_order and not self.found.options.get("order"),
            "pipeline": self.found.kind != "deal" or len(self.fields["pipeline"].choices) < 2,  # type: ignore[attr-defined]
        }
        for name, gone in needless.items():
            if gone:
                del self.fields[name]

    def options(self) -> dict[str, Any]:
        """The answers as the import keeps them; what was not asked is left as it is."""
        given = {
            name: value for name, value in self.cleaned_data.items() if name in self.data or name == "traits"
        }
        given.pop("kind", None)
        if "traits_shown" not in self.data:
            given.pop("traits", None)
        if given.get("currency") not in CURRENCIES:
            given.pop("currency", None)
        return {name: value for name, value in given.items() if value or name in ("owner", "order", "traits")}


def answers_in(data: Mapping[str, Any], found: Import) -> dict[str, Any]:
    """What was said about stages and colleagues: ``stage-0``, ``owner-0`` in the order of the file's facts."""
    said = dict(found.options.get("stages", {}))
    for place, word in enumerate(found.facts.get("stages", [])):
        answer = data.get(f"stage-{place}")
        if answer:
            said[stages.stage_key(word["text"], word["outcome"])] = answer
    owners = dict(found.options.get("owners", {}))
    for place, (name, _count) in enumerate(queries.owner_words(found)):
        answer = data.get(f"owner-{place}")
        if answer is not None:
            owners[name] = answer
            if not answer:
                owners.pop(name)
    return {"stages": said, "owners": owners}


def mapping_in(data: Mapping[str, Any], found: Import) -> dict[str, str]:
    """Column → field, from the selects in the head of the preview (``column-3``)."""
    mapping = {}
    for place in range(len(found.headers)):
        key = data.get(f"column-{place}", found.mapping.get(str(place), ""))
        if key:
            mapping[str(place)] = str(key)
    return mapping
