"""Forms of the console: recovery work with its reason, and closing with the workspace's name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.forms import ReasonForm
from ui.forms import TextField


class OrderForm(ReasonForm):
    """Verb, and the snapshot or copy that it needs, come from the button; the reason from a person."""

    verb = forms.CharField(widget=forms.HiddenInput)
    snapshot = forms.UUIDField(required=False, widget=forms.HiddenInput)
    copy = forms.UUIDField(required=False, widget=forms.HiddenInput)


class ClosingForm(ReasonForm):
    """What cannot be undone for ever asks for the name of the thing."""

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
