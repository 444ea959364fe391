"""Forms of the billing pages: which plan, how often, how many seats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing import catalog
from ui.forms import Form

INTERVALS = (
    ("month", pgettext_lazy("interval", "Every month")),
    ("year", pgettext_lazy("interval", "Every year, ten months paid")),
)


class PlanForm(Form):
    """A plan, an interval, a currency and a number of seats; ``price`` is the catalogue's name of all but the seats."""

    plan = forms.ChoiceField(label=_("Plan"))
    interval = forms.ChoiceField(label=_("Payment"), choices=INTERVALS)
    currency = forms.ChoiceField(label=_("Currency"))
    seats = forms.IntegerField(
        label=_("Seats"),
        min_value=1,
        max_value=10_000,
        help_text=_("One for each person who may change things."),
    )

    def __init__(self, *args: Any, currencies: Sequence[str] = catalog.CURRENCIES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = [(plan.key, plan.name) for plan in catalog.paid()]  # type: ignore[attr-defined]
        self.fields["currency"].choices = [(code, code) for code in currencies]  # type: ignore[attr-defined]

    @property
    def price(self) -> str:
        told = self.cleaned_data
        return catalog.lookup_key(told["plan"], told["interval"], told["currency"])


class ChangeForm(PlanForm):
    """A change that was previewed: the moment and the total that were shown come back with it."""

    at = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    total = forms.IntegerField(widget=forms.HiddenInput, required=False)
