"""Phone numbers and e-mail addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.emails import domain_of, is_email, is_shared_domain, read_email, suggest_email
from kernel.errors import Invalid
from kernel.phones import format_phone, phone_search_digits, read_phone

SPELLINGS = [
    "8 (495) 123-45-67", "+7 495 1234567", "007 495 123 45 67", "7 495 123-45-67", "(495) 123-45-67",
    "84951234567", "тел: +7 (495) 123-45-67", "８ (495) 123-45-67",
]  # fmt: skip


@pytest.mark.parametrize("text", SPELLINGS)
def test_spellings_of_one_number(text):
    phone = read_phone(text, region="RU")
    assert (phone.e164, phone.digits, phone.warning, phone.text) == (
        "+74951234567",
        "74951234567",
        None,
        text,
    )


def test_a_russian_number_is_known_abroad():
    assert read_phone("8 (495) 123-45-67", region="DE").e164 == "+74951234567"
    assert read_phone("8-10-49-30-123456", region="RU").e164 == "+4930123456"
    assert read_phone("(415) 901-7000", region="US").e164 == "+14159017000"


def test_extensions():
    phone = read_phone("8 (495) 123-45-67 доб. 12", region="RU")
    assert (phone.digits, phone.extension) == ("74951234567", "12")


@pytest.mark.parametrize(
    ("text", "region", "digits", "why"),
    [
        ("1-800-FLOWERS", "US", "1800", "letters"),
        ("123", "RU", "123", "too short"),
        ("+7 495 1234567, +7 495 1234568", "RU", "7495123456774951234568", "several"),
        ("(555) 555-1212", "US", "15555551212", "complete"),
        ("+1 (555) 555-1212", "US", "15555551212", "complete"),
        ("1" * 20, "RU", "1" * 20, "too many digits"),
        ("9" * 61, "RU", "9" * 61, "too long"),
    ],
)
def test_doubtful_numbers_are_kept_with_a_warning(text, region, digits, why):
    phone = read_phone(text, region=region)
    assert phone.text == text
    assert phone.e164 is None
    assert phone.digits == digits
    assert why in str(phone.warning)


@given(st.text(max_size=40), st.sampled_from(["RU", "US", "DE", "GB", ""]))
def test_no_text_is_changed_and_none_fails(text, region):
    phone = read_phone(text, region=region)
    assert phone.text == text.strip()
    assert phone.digits.isascii()
    assert phone.digits == "" or phone.digits.isdigit()
    assert bool(phone.e164) <= (phone.warning is None)
    assert phone_search_digits(text).isascii()


@pytest.mark.parametrize(
    "query", ["8 (495) 123", "495 123", "+7 495 1", "84951234567", "123-45-67", "007 495 12"]
)
def test_parts_find_the_number(query):
    assert phone_search_digits(query) in "74951234567"
    assert phone_search_digits(query)


@pytest.mark.parametrize("query", ["anna", "12", "", "a@b.ru", "Acme 495"])
def test_no_phone_is_no_search(query):
    assert phone_search_digits(query) == ""


def test_reading_aloud():
    assert format_phone("+74951234567", region="RU") == "8 (495) 123-45-67"
    assert format_phone("+74951234567") == "+7 495 123-45-67"
    assert format_phone("nonsense") == "nonsense"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Anna@Example.COM", "anna@example.com"),
        ("Anna Petrova <anna@mail.ru>", "anna@mail.ru"),
        ("mailto:anna@mail.ru", "anna@mail.ru"),
        (" anna@mail.ru; ", "anna@mail.ru"),
        ("anna@xn--e1afmkfd.xn--p1ai", "anna@пример.рф"),
        ("anna@ПРИМЕР.РФ", "anna@пример.рф"),
        ("a+b_c@x-y.co.uk", "a+b_c@x-y.co.uk"),
    ],
)
def test_normal_form(text, normal):
    assert read_email(text) == normal
    assert read_email(normal) == normal


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Enter an e-mail address"),
        ("anna", "has an @"),
        ("anna@", "after the @ is missing"),
        ("@x.ru", "before the @ is missing"),
        ("anna@mail", "full domain"),
        ("orders@pilgrim,example", "has a comma. Did you mean orders@pilgrim.example"),
        ("anna @mail.ru", "has a space. Did you mean anna@mail.ru"),
        ("a@b@c.ru", "more than one @"),
        ("anna..x@mail.ru", "cannot stand before"),
        ("a@-x.ru", "is not a domain"),
        ("a@1.2.3.4", "is not a domain"),
        ("x" * 300 + "@a.ru", "too long"),
        ("x" * 65 + "@a.ru", "too long"),
    ],
)
def test_refusals_help(text, why):
    with pytest.raises(Invalid, match=why):
        read_email(text)
    assert not is_email(text)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_sentence(text):
    try:
        address = read_email(text)
    except Invalid as refusal:
        assert str(refusal)  # noqa: PT017
    else:
        assert read_email(address) == address


@given(st.emails())
def test_addresses_are_read(address):
    try:
        assert "@" in read_email(address)
    except Invalid:
        # Such local parts and single-label domains are valid in mail and never seen in a client base.
        local, _at, domain = address.rpartition("@")
        told = "." not in domain or domain.rsplit(".", 1)[1].isdigit()
        assert told or ".." in local or local[-1] == "." or not local.strip("'")


def test_suggestions():
    assert suggest_email("a@gmial.com") == "a@gmail.com"
    assert suggest_email("a@firma.con") == "a@firma.com"
    assert suggest_email("a@gmail.com") is None
    assert suggest_email("a@firma.com") is None
    assert suggest_email("nonsense") is None
    assert domain_of("a@firma.com") == "firma.com"
    assert is_shared_domain("Gmail.com")
    assert not is_shared_domain("firma.com")
