"""Forms of the billing pages: which plan, how often, how many seats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing import catalog
from kernel.ids import uuid7
from ui.forms import Form, TextField

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


class CheckoutForm(PlanForm):
    """A first purchase, perhaps with a coupon."""

    code = TextField(label=_("Coupon code"), max_length=40, required=False)

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip()


TAX_IDS = (
    ("eu_vat", _("VAT number of the European Union")),
    ("gb_vat", _("VAT number of the United Kingdom")),
    ("ch_vat", _("VAT number of Switzerland")),
    ("us_ein", _("EIN of the United States")),
    ("ru_inn", _("INN of Russia")),
    ("kz_bin", _("BIN of Kazakhstan")),
    ("tr_tin", _("Tax number of Turkey")),
)


class DetailsForm(Form):
    """What stands on the invoices: the company's tax id."""

    kind = forms.ChoiceField(label=_("Kind of tax id"), choices=TAX_IDS)
    value = TextField(
        label=_("Tax id"), max_length=40, required=False, help_text=_("Leave it empty if there is none.")
    )

    def clean_value(self) -> str:
        return str(self.cleaned_data["value"]).strip().upper()


class ChangeForm(PlanForm):
    """A change that was previewed: the moment and the total that were shown come back with it."""

    at = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    total = forms.IntegerField(widget=forms.HiddenInput, required=False)


REASON = _("The company’s people see this sentence.")


class CreditForm(Form):
    """A credit for the next bills. ``once`` is made when the form is shown, so that one form gives one credit."""

    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    amount = forms.DecimalField(label=_("Amount"), min_value=0.01, max_value=10_000, decimal_places=2)
    reason = TextField(label=_("Reason"), max_length=300, help_text=REASON)


class TrialForm(Form):
    """A later end of the trial."""

    until = forms.DateField(
        label=_("New last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = TextField(label=_("Reason"), max_length=300, help_text=REASON)


class PlacingForm(Form):
    """Another plan or number of seats, without a charge now."""

    plan = forms.ChoiceField(label=_("Plan"))
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=10_000)
    reason = TextField(label=_("Reason"), max_length=300, help_text=REASON)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = [(plan.key, plan.name) for plan in catalog.paid()]  # type: ignore[attr-defined]
