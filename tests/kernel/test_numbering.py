"""Our quick judgement of numbers against the library's own, for every country code."""

from __future__ import annotations

import random

import phonenumbers
import pytest

from kernel.numbering import given_out, international

CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@pytest.mark.parametrize("code", CODES)
def test_it_agrees_with_the_library(code: int) -> None:
    chance = random.Random(code)
    for _ in range(150):
        length = chance.randint(4, 13)
        national = chance.randint(10 ** (length - 1), 10**length - 1)
        number = phonenumbers.PhoneNumber(country_code=code, national_number=national)
        assert given_out(number) == phonenumbers.is_valid_number(number), (code, national)


def test_usual_numbers() -> None:
    for text in (
        "+44 117 496 0128",
        "+7 495 123 45 67",
        "+7 727 250 12 34",
        "+1 415 555 0000",
        "+49 30 1234567",
    ):
        number = phonenumbers.parse(text)
        assert given_out(number) is phonenumbers.is_valid_number(number)
    assert given_out(phonenumbers.parse("+44 117 496 0128"))


def test_an_unknown_country_code() -> None:
    assert not given_out(phonenumbers.PhoneNumber(country_code=999, national_number=123456))


@pytest.mark.parametrize("code", CODES)
def test_the_quick_reading_is_the_library_s(code: int) -> None:
    chance = random.Random(-code)
    for _ in range(300):
        length = chance.randint(4, 12)
        digits = f"{code}{chance.randint(0, 10**length - 1):0{length}d}"
        quick = international(digits)
        if quick is not None:
            read = phonenumbers.parse(f"+{digits}")
            assert (read.country_code, read.national_number) == (quick.country_code, quick.national_number)
            assert phonenumbers.is_valid_number(read)
            assert not read.italian_leading_zero
