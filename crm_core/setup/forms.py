"""Forms of the pages of packs and backups."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ui.forms import Form, TextField


class OrderForm(Form):
    """Verb, and the snapshot or copy that it needs, come from the button; the reason from a person."""

    reason = TextField(label=_("Reason"), max_length=300, help_text=_("It stands in the history."))
    verb = forms.CharField(widget=forms.HiddenInput, initial="take")
    snapshot = forms.UUIDField(required=False, widget=forms.HiddenInput)
    copy = forms.UUIDField(required=False, widget=forms.HiddenInput)


class RecordForm(Form):
    """Which record is taken over."""

    address = TextField(label=_("Address of the record’s page in the copy"), max_length=500)


class ClosingForm(Form):
    """What cannot be undone for ever asks for the name of the thing."""

    reason = TextField(label=_("Reason"), max_length=300)
    name = TextField(label=_("Name of the workspace"), max_length=200)

    def __init__(self, *args: Any, workspace: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace

    def clean_name(self) -> str:
        """The name as it is written on the page."""
        name: str = self.cleaned_data["name"]
        if name.strip() != self.workspace:
            raise forms.ValidationError(_("Write the name exactly as it stands above."))
        return name


class PackForm(Form):
    """Applying a pack. Where it meets another one, whoever applies it says that the sentences were read."""

    read = forms.BooleanField(label=_("I have read what meets what is here"))

    def __init__(self, *args: Any, asks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks:
            self.fields["read"].required = False
            self.fields["read"].widget = forms.HiddenInput()
