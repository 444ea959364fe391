"""Forms that the gallery shows and tries."""

from __future__ import annotations

from typing import Any

from django import forms

from ui.forms import (
    ComboField,
    DateField,
    EmailField,
    Form,
    MomentField,
    MoneyField,
    Option,
    PhoneField,
    TextField,
)
from ui.gallery.companies import COMPANIES
from ui.gallery.samples import ANNA, JULIA, MARK, both

TRY = "/gallery/try/"


def companies(text: str) -> list[Option]:
    """The sample companies whose name holds the text."""
    return [
        Option(str(company.id), str(company.name), str(company.stage))
        for company in COMPANIES
        if text.casefold() in str(company.name).casefold()
    ]


def label_of(value: str) -> str | None:
    return next((str(company.name) for company in COMPANIES if str(company.id) == value), None)


class DealForm(Form):
    """Every kind of field once."""

    name = TextField(label=both("Name of the deal", "Название сделки"))
    client = ComboField(
        label=both("Client", "Клиент"),
        url=f"{TRY}options/",
        options=companies,
        label_of=label_of,
        creates=True,
    )
    amount = MoneyField(
        label=both("Amount", "Сумма"),
        help_text=both("Without VAT", "Без НДС"),
        currencies=("EUR", "RUB", "USD"),
        required=False,
    )
    closing = DateField(label=both("Closing date", "Дата закрытия"), required=False)
    call = MomentField(label=both("Next call", "Следующий звонок"), required=False)
    email = EmailField(label=both("E-mail", "Эл. почта"), required=False)
    phone = PhoneField(label=both("Phone", "Телефон"), required=False)
    owner = forms.ChoiceField(
        label=both("Owner", "Ответственный"), choices=[("1", ANNA), ("2", MARK), ("3", JULIA)]
    )
    note = TextField(label=both("Note", "Заметка"), rows=3, required=False)
    password = forms.CharField(
        label=both("Password", "Пароль"),
        help_text=both(
            "At least 12 characters. Four plain words are a good password.",
            "Не меньше 12 знаков. Четыре обычных слова — хороший пароль.",
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        required=False,
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name.startswith("!"):
            raise forms.ValidationError(
                str(both("A name does not begin with an exclamation mark.", "Название не начинается с «!»."))
            )
        return name


class FactForm(Form):
    """One value edited in place."""

    value = TextField(label=both("Website", "Сайт"), max_length=60)


class ChoicesForm(Form):
    """Radio buttons and check boxes."""

    who = forms.ChoiceField(
        label=both("Who sees it", "Кто видит"),
        choices=[("me", both("Only I", "Только я")), ("all", both("Everybody", "Все"))],
        widget=forms.RadioSelect,
        initial="me",
    )
    days = forms.MultipleChoiceField(
        label=both("Remind me", "Напомнить"),
        required=False,
        choices=[("1", both("A day before", "За день")), ("0", both("In the morning", "Утром"))],
        widget=forms.CheckboxSelectMultiple,
        initial=["1"],
    )
    mail = forms.BooleanField(label=both("By e-mail too", "И письмом"), required=False, initial=True)


class FileForm(Form):
    """A file to choose or drop."""

    file = forms.FileField(label=both("Table of your clients", "Таблица клиентов"))


def filled(auto_id: str = "id_%s", **changes: Any) -> DealForm:
    """The form with something in it."""
    values = {
        "name": str(both("Lobby and terrace lighting", "Освещение лобби и террасы")),
        "client": "13",
        "amount": str(both("18,400.00", "1 702 000,00")),
        "amount_currency": str(both("EUR", "RUB")),
        "owner": "1",
        **changes,
    }
    return DealForm(values, auto_id=auto_id)
