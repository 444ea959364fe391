"""Forms of tags and of removing for good."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.records.models import Card
from ui.forms import Form, TextField

HUES = (
    ("red", pgettext_lazy("colour", "Red")),
    ("orange", pgettext_lazy("colour", "Orange")),
    ("amber", pgettext_lazy("colour", "Amber")),
    ("lime", pgettext_lazy("colour", "Lime")),
    ("green", pgettext_lazy("colour", "Green")),
    ("teal", pgettext_lazy("colour", "Teal")),
    ("sky", pgettext_lazy("colour", "Sky")),
    ("indigo", pgettext_lazy("colour", "Indigo")),
    ("violet", pgettext_lazy("colour", "Violet")),
    ("pink", pgettext_lazy("colour", "Pink")),
    ("grey", pgettext_lazy("colour", "Grey")),
)


class TagForm(Form):
    """A tag's word and colour."""

    name = TextField(label=_("Tag"), max_length=40)
    hue = forms.ChoiceField(label=_("Colour"), choices=HUES, initial="sky")


class TaggingForm(Form):
    """One word to put on a record."""

    name = TextField(label=_("Add a tag"), max_length=40)


class PurgeForm(Form):
    """The record's name, typed by whoever wants it gone for good."""

    name = TextField(label=_("Type the name to confirm"), max_length=300)

    def __init__(self, *args: Any, card: Card, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.card = card

    def clean_name(self) -> str:
        """The typed name must be the record's, in any case of letters."""
        typed: str = self.cleaned_data["name"]
        if typed.casefold() != self.card.label.casefold():
            raise forms.ValidationError(_("This is not the name of the record."))
        return typed
