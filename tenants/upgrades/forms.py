"""Forms of the upgrade pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ui.forms import Form, TextField


class UpgradeForm(Form):
    """How a fleet is to be upgraded."""

    canary = TextField(
        label=_("Canaries"),
        max_length=500,
        initial="3",
        help_text=_("How many companies go first, one by one, or their addresses: acme, beta."),
    )
    waves = TextField(
        label=_("Waves"),
        max_length=100,
        initial="5%,25%,100%",
        help_text=_("Growing shares of all companies."),
    )
    parallel = forms.IntegerField(
        label=_("Companies at once"), initial=4, help_text=_("Connections to the database that it uses.")
    )
    stop_at = TextField(
        label=_("Stop at"),
        max_length=10,
        initial="1%",
        help_text=_("A share or a number of companies that may fail. One more stops the upgrade."),
    )

    @property
    def options(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
