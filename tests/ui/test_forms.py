"""Forms read what people type, keep it when they cannot, and say in words why."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.utils import translation

from kernel import context
from kernel.errors import Invalid
from kernel.money import Money
from kernel.when import frozen
from tests.ui.drawn import Markup
from ui.forms import (
    AmountField,
    ComboField,
    DateField,
    EmailField,
    Form,
    MomentField,
    MoneyField,
    Option,
    PhoneField,
    TextField,
    refuse,
)
from ui.gallery.forms import ChoicesForm, DealForm, FileForm, filled


def read(field: forms.Field, typed: Any, language: str = "en") -> Any:
    with translation.override(language), frozen("2026-11-24T09:50:00+00:00"):
        return field.clean(typed)


def refused(field: forms.Field, typed: Any) -> str:
    with pytest.raises(forms.ValidationError) as caught:
        read(field, typed)
    return " ".join(caught.value.messages)


def test_text_loses_control_characters_and_keeps_lines() -> None:
    assert read(TextField(), "Harbour\x00 House\u202e ") == "Harbour House"
    assert read(TextField(rows=3), "one\r\ntwo\x00") == "one\ntwo"
    assert "300" in refused(TextField(), "x" * 10_000)


@pytest.mark.parametrize(
    ("typed", "language", "minor", "currency"),
    [
        ("1,234.50", "en", 123450, "EUR"),
        ("1 234,50", "ru", 123450, "RUB"),
        ("1\u00a0234,5", "ru", 123450, "EUR"),
        ("0", "en", 0, "USD"),
    ],
)
def test_money_is_amount_and_currency(typed: str, language: str, minor: int, currency: str) -> None:
    assert read(MoneyField(), [typed, currency], language) == Money(minor, currency)


@pytest.mark.parametrize("typed", ["-1", "a lot", "1000000000000000", "1.2.3,4"])
def test_money_that_cannot_be_is_refused_in_words(typed: str) -> None:
    assert refused(MoneyField(), [typed, "EUR"])


def test_no_money_is_none_and_other_currencies_are_refused() -> None:
    assert read(MoneyField(required=False), ["", "EUR"]) is None
    assert "currency" in refused(MoneyField(currencies=("EUR",)), ["1", "RUB"])


def test_money_is_shown_as_it_is_read() -> None:
    class Priced(Form):
        price = MoneyField()

    with translation.override("ru"):
        text = str(Priced(initial={"price": Money(123450, "RUB")})["price"])
    assert "1\u00a0234,50" in text
    assert 'value="RUB" selected' in text


@pytest.mark.parametrize(
    ("typed", "language", "day"),
    [
        ("2026-12-04", "en", date(2026, 12, 4)),
        ("04.12.2026", "ru", date(2026, 12, 4)),
        ("tomorrow", "en", date(2026, 11, 25)),
        ("завтра", "ru", date(2026, 11, 25)),
        ("завтра", "en", date(2026, 11, 25)),
        ("+3", "en", date(2026, 11, 27)),
        ("+ 14", "ru", date(2026, 12, 8)),
    ],
)
def test_days_are_read_in_words_and_figures(typed: str, language: str, day: date) -> None:
    assert read(DateField(), typed, language) == day


@pytest.mark.parametrize(("language", "written"), [("en", "Nov. 3, 2026"), ("ru", "03.11.2026")])
def test_a_known_day_stands_in_its_field_as_people_write_it(language: str, written: str) -> None:
    with translation.override(language):
        assert DateField().prepare_value(date(2026, 11, 3)) == written
    assert read(DateField(), written, language) == date(2026, 11, 3)


@pytest.mark.parametrize("typed", ["31.02.2026", "20026-01-01", "soon-ish"])
def test_days_that_do_not_exist_are_refused(typed: str) -> None:
    assert refused(DateField(), typed)


def test_a_moment_is_read_in_the_zone_of_the_member() -> None:
    with context.enter(context.Context(zone="Europe/Moscow")):
        assert read(MomentField(), "tomorrow 10:00") == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


def test_amounts_are_minor_units() -> None:
    assert read(AmountField(currency="EUR"), "12.5") == 1250
    assert AmountField(currency="EUR").prepare_value(1250) == "12.50"


def test_mail_and_phone() -> None:
    assert "domain" in refused(EmailField(), "martha@harbourhouse")
    assert read(PhoneField(), " +44 117 496 0128 ") == "+44 117 496 0128"


FIRMS = [Option("1", "Harbour House"), Option("2", "Harbour Master"), Option("3", "Aurora")]


def combo(**kwargs: Any) -> ComboField:
    return ComboField(
        url="/options/",
        options=lambda text: [firm for firm in FIRMS if text.casefold() in firm.label.casefold()],
        label_of=lambda value: next((firm.label for firm in FIRMS if firm.value == value), None),
        **kwargs,
    )


def test_a_choice_with_search_takes_the_value_or_the_exact_name() -> None:
    assert read(combo(), ("2", "Harbour Master")) == "2"
    assert read(combo(), ("", "harbour house")) == "1"
    assert read(combo(), ("", "auro")) == "3"
    assert read(combo(required=False), ("", "")) is None
    assert read(combo(creates=True), ("", "Brand New")) == Option("", "Brand New")


def test_a_choice_with_search_says_what_fits() -> None:
    assert "Harbour House, Harbour Master" in refused(combo(), ("", "harbour"))
    assert "Nowhere" in refused(combo(), ("", "Nowhere"))
    assert refused(combo(), ("99", "Gone"))
    assert refused(combo(), ("", ""))


def test_a_refused_form_keeps_everything_typed() -> None:
    form = filled(name="", closing="31.02.2026", amount="a lot", client="", client_text="Nowhere Ltd")
    text = str(form)
    for typed in ("31.02.2026", "a lot", "Nowhere Ltd"):
        assert f'value="{typed}"' in text


def test_the_first_wrong_field_gets_the_focus_and_says_why() -> None:
    markup = Markup(str(filled(name="", email="x")))
    focused = [element for element in markup.elements if "autofocus" in element]
    assert [element["name"] for element in focused] == ["name"]
    assert focused[0]["aria-invalid"] == "true"
    assert focused[0]["aria-describedby"] in [element.get("id") for element in markup.elements]


def test_a_long_form_lists_its_faults_with_links() -> None:
    markup = Markup(str(filled(name="", email="x")))
    links = [element["href"] for element in markup.all("a")]
    assert links == ["#id_name", "#id_email"]
    short = Markup(str(ChoicesForm({})))
    assert not short.all("a")


def test_browsers_do_not_speak_for_us_nor_cut() -> None:
    """No bubbles in the browser's language, nothing pasted is cut silently; readers still hear what is required."""
    markup = Markup(str(DealForm()))
    fields = markup.all("input", "textarea", "select")
    assert not [field for field in fields if "required" in field or "maxlength" in field]
    assert [field["name"] for field in fields if field.get("aria-required")] == [
        "name",
        "client_text",
    ]


def test_other_peoples_widgets_look_like_ours() -> None:
    choices, file = str(ChoicesForm()), str(FileForm())
    assert choices.count('class="check"') == 5
    assert "<legend" in choices
    assert "<ui-upload>" in file


def test_an_action_lays_its_complaints_at_the_fields() -> None:
    form = filled()
    assert form.is_valid()
    refuse(form, Invalid(fields={"name": ["Taken"], "unknown": ["Elsewhere"]}))
    assert form.errors["name"] == ["Taken"]
    assert form.non_field_errors() == ["Elsewhere"]
    refuse(form, Invalid("All of it"))
    assert "All of it" in form.non_field_errors()


def test_a_hidden_field_and_a_fieldset_have_no_stray_label() -> None:
    markup = Markup(str(ChoicesForm()))
    assert not markup.faults
    assert not [label for label in markup.all("label") if "for" in label and not label["for"]]
