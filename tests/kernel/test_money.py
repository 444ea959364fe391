"""Amounts as people type them, and as they read them."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kernel.errors import Invalid
from kernel.money import (
    CURRENCIES,
    LIMIT,
    Money,
    Totals,
    currency_choices,
    currency_of,
    format_amount,
    format_money,
    parse_amount,
    parse_number,
)

CODES = st.sampled_from(sorted(CURRENCIES))
LANGUAGES = st.sampled_from(["en", "ru"])
MINOR = st.integers(min_value=-(LIMIT - 1), max_value=LIMIT - 1)


@given(MINOR, CODES, LANGUAGES, st.sampled_from(["auto", "always"]))
@example(100000, "BGN", "en", "always")
@example(300, "BGN", "en", "auto")
@example(0, "BGN", "en", "always")
def test_what_is_shown_can_be_typed_in_again(minor, code, language, cents):
    shown = format_money(minor, code, language, cents=cents)
    assert parse_amount(shown, currency=code, language=language, allow_negative=True) == minor
    bare = format_amount(minor, code, language, cents=cents)
    assert parse_amount(bare, currency=code, language=language, allow_negative=True) == minor


@given(st.text(max_size=40), CODES, LANGUAGES)
def test_any_text_is_an_amount_or_a_sentence(text, code, language):
    try:
        minor = parse_amount(text, currency=code, language=language)
    except Invalid as refusal:
        assert str(refusal)  # noqa: PT017
    else:
        assert 0 <= minor < LIMIT


@given(st.from_regex(r"[-+(]?[€$]?[0-9., '\u00a0ekтысm-]{1,20}\)?", fullmatch=True), LANGUAGES)
def test_texts_near_to_numbers_never_crash(text, language):
    try:
        parse_amount(text, currency="EUR", language=language, allow_negative=True)
        parse_number(text, language=language)
    except Invalid:
        pass


@pytest.mark.parametrize(
    ("text", "currency", "language", "minor"),
    [
        ("1 234,50", "EUR", "ru", 123450),
        ("1,234.50", "EUR", "en", 123450),
        ("1.234,50", "EUR", "en", 123450),
        ("€1,200", "EUR", "en", 120000),
        ("1200 руб.", "RUB", "ru", 120000),
        ("1\u202f234\u00a0567,50 ₽", "RUB", "ru", 123456750),
        ("12k", "EUR", "en", 1200000),
        ("1,5 млн руб.", "RUB", "ru", 150000000),
        ("12 тыс. р.", "BYN", "ru", 1200000),
        ("6.0E7", "USD", "en", 6000000000),
        ("8.48E10", "USD", "en", 8480000000000),
        ("500000.0", "USD", "en", 50000000),
        ("1'234.50 CHF", "CHF", "en", 123450),
        ("1200,-", "EUR", "en", 120000),
        ("0,500", "USD", "en", 50),
        (".5", "EUR", "en", 50),
        ("1.234", "KWD", "en", 1234),
        ("1,234", "KWD", "en", 1234000),
        ("12,34,567.50", "INR", "en", 123456750),
        ("$5", "CAD", "en", 500),
        ("１２３", "EUR", "en", 12300),
        ("99999999999.99", "USD", "en", LIMIT - 1),
    ],
)
def test_common_sense(text, currency, language, minor):
    assert parse_amount(text, currency=currency, language=language) == minor


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Enter an amount."),
        ("abc", "is not an amount"),
        ("1 2 3", "is not an amount"),
        ("1,23,45", "is not an amount"),
        ("10%", "is not an amount"),
        ("5–10", "is not an amount"),
        ("=1+1", "is not an amount"),
        ("NaN", "is not an amount"),
        ("-1", "cannot be negative"),
        ("(5)", "cannot be negative"),
        ("1.005", None),
        ("0.005", "only 2 digits"),
        ("5 USD", "in USD, but the currency here is EUR"),
        ("1200 руб", "in RUB, but the currency here is EUR"),
        ("1000000000000000", "too large: it must be less than €100,000,000,000"),
        ("10^15", "is not an amount"),
        ("1e400", "is not an amount"),
    ],
)
def test_refusals_say_why(text, why):
    if why is None:
        assert parse_amount(text, currency="EUR", language="en") == 100500
        return
    with pytest.raises(Invalid, match=why.replace("(", r"\(")):
        parse_amount(text, currency="EUR", language="en")


def test_a_known_decimal_sign_settles_what_is_open():
    read = lambda text, point: parse_amount(text, currency="EUR", language="en", point=point)  # noqa: E731
    assert read("1,234", ".") == 123400
    assert read("1.200", ",") == 120000
    assert read("1.234,5", ",") == 123450
    for text in ("1,234.5", "1,2,3"):
        with pytest.raises(Invalid):
            read(text, ",")


def test_plain_numbers():
    assert parse_number("1 234,5", language="ru") == Decimal("1234.5")
    assert parse_number("1,234", language="en") == 1234
    assert parse_number("1,234", language="ru") == Decimal("1.234")
    assert parse_number("-12 %", language="en") == -12
    with pytest.raises(Invalid, match="is not a number"):
        parse_number("12 EUR", language="en")


def test_wording_in_both_languages():
    assert format_money(123456750, "EUR", "en") == "€1,234,567.50"
    assert format_money(123456750, "EUR", "ru") == "1\u00a0234\u00a0567,50\u00a0€"
    assert format_money(120000, "EUR", "en") == "€1,200"
    assert format_money(120000, "EUR", "en", cents="always") == "€1,200.00"
    assert format_money(123450, "RUB", "ru", cents="list") == "1\u00a0235\u00a0₽"
    assert format_money(123450, "RUB", "ru") == "1\u00a0234,50\u00a0₽"
    assert format_money(-500, "USD", "en") == "−$5"
    assert format_money(500, "CHF", "en") == "CHF\u00a05"
    assert format_money(1234, "JPY", "en", cents="always") == "¥1,234"
    assert format_money(None, "EUR", "en") == ""


@given(MINOR, st.integers(min_value=1, max_value=50), CODES)
def test_shares_add_up(minor, parts, code):
    shares = Money(minor, code).split(parts)
    assert sum(share.minor for share in shares) == minor
    assert max(shares, key=lambda m: m.minor).minor - min(shares, key=lambda m: m.minor).minor <= 1


@given(st.lists(st.tuples(MINOR, st.sampled_from(["EUR", "RUB", "JPY"]))))
def test_totals_never_mix_currencies(rows):
    totals = Totals(Money(minor, code) for minor, code in rows)
    for code in totals:
        assert totals[code].minor == sum(minor for minor, other in rows if other == code)
    assert set(totals) == {code for _minor, code in rows}


def test_money_of_two_currencies_is_no_sum():
    with pytest.raises(ValueError, match="cannot be mixed"):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(Invalid):
        Money(1, "XYZ")
    assert Money(1005, "EUR").times(Decimal("0.5")).minor == 503
    assert Totals([Money(100, "EUR"), Money(50, "RUB")]).format("en") == "€1 + ₽1"


def test_named_symbols_are_not_shared():
    named = [code for code, _label in currency_choices()]
    symbols = [currency_of(code).symbol for code in named]
    assert len(set(symbols)) == len(symbols)
    assert {"EUR", "USD", "RUB", "GBP", "UAH", "KZT", "BYN", "GEL", "AMD"} <= set(named)
    assert currency_of(" eur ").exponent == 2
