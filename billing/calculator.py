"""The price calculator: on the price page, behind the questionnaire and in the workspace; a form and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing import catalog, reckoning
from billing.forms import INTERVALS
from billing.reckoning import Need, Recommendation
from ui.forms import Form

# What one may ask for of a volume in a month; more is a typing error.
MOST = 10_000_000


class NeedForm(Form):
    """People, files, and a month's use of each thing that is paid by volume."""

    people = forms.IntegerField(
        label=_("People who change things"),
        min_value=1,
        help_text=_("Colleagues who only read are free on every plan."),
    )
    storage = forms.IntegerField(label=_("Files, in gigabytes"), min_value=0)
    interval = forms.ChoiceField(label=_("Payment"), choices=INTERVALS)
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in catalog.CURRENCIES])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for meter in catalog.sold_meters():
            self.fields[meter.key] = forms.IntegerField(
                label=meter.words,
                min_value=0,
                max_value=MOST,
                help_text=pgettext_lazy("volume", "In a month."),
            )
        self.order_fields(["people", *(meter.key for meter in catalog.sold_meters()), "storage"])

    @property
    def need(self) -> Need:
        told = self.cleaned_data
        monthly = {meter.key: told[meter.key] for meter in catalog.sold_meters()}
        return Need(told["people"], monthly, told["storage"] * 2**30, told["interval"], told["currency"])


@dataclass(frozen=True, slots=True)
class Calculator:
    """A form with what was typed, and the recommendation: None while something is wrong or nothing is large enough.

    ``most`` and ``storage`` are the most people and bytes on sale; ``taxed`` whether taxes come on top.
    """

    form: NeedForm
    found: Recommendation | None
    most: int
    storage: int
    taxed: bool


def calculator(told: Mapping[str, str], *, people: int = 3, currency: str = "EUR") -> Calculator:
    """What the query of a page asks for; what it does not say is a small company that pays by month."""
    usual: dict[str, Any] = {"people": people, "storage": 1, "interval": "month", "currency": currency}
    usual |= {meter.key: 100 for meter in catalog.sold_meters()}
    names = NeedForm.base_fields.keys() | {meter.key for meter in catalog.sold_meters()}
    form = NeedForm(usual | {name: value for name, value in told.items() if name in names})
    found = reckoning.recommend(form.need) if form.is_valid() else None
    return Calculator(form, found, *reckoning.largest(), settings.TEREM_STRIPE_TAX)
