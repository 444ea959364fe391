"""Phone numbers: kept as people type them, compared by one spelling. Numbering plans come from Google's library."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import phonenumbers
from django.utils.translation import gettext_lazy as _

from kernel.numbering import given_out, international

_LONGEST = 60
_SEARCH_LEAST = 3
# Nearly every number: no words beside it, no extension behind it.
_PLAIN = re.compile(r"\+?[0-9 ().-]+")
_NO_DIGIT = re.compile(r"[^0-9]")
# Words that may stand beside a number without making it doubtful.
_EXTENSION = re.compile(
    r"(?:доб(?:авочный)?|вн(?:утр)?|ext(?:ension)?|x|#)[. :]*(\d{1,8})\s*$", re.IGNORECASE
)
_LABEL = re.compile(
    r"^(?:тел(?:ефон)?|моб(?:ильный)?|раб|tel|phone|mob(?:ile)?|cell|fax|факс|t|m)[.:\s]+", re.IGNORECASE
)


@dataclass(frozen=True)
class Phone:
    """A number as typed, its international form if it is one (`+74951234567`), and digits for search.

    `extension` are the digits to dial afterwards. `warning` is a lazy sentence when the text is kept but
    cannot be dialled as it stands.
    """

    text: str
    e164: str | None
    digits: str
    extension: str = ""
    warning: Any = None


def read_phone(text: str, *, region: str) -> Phone:
    """Read a number as it is written in a region (ISO country code such as `RU`); never raises.

    The text is never changed; different spellings of one number give the same digits: 8 (495) 123-45-67,
    +7 495 1234567 and 007 495 123 45 67 are 74951234567. What is no number keeps its own digits.
    """
    return _read(unicodedata.normalize("NFKC", text).strip(), text.strip(), region.upper())


@lru_cache(maxsize=4096)
def _read(plain: str, text: str, region: str) -> Phone:
    digits = _digits(plain)
    if not plain:
        return Phone(text, None, "")
    if len(plain) > _LONGEST:
        return Phone(text, None, digits, warning=_("This is too long for one phone number."))
    extension, bare = "", plain
    if not _PLAIN.fullmatch(plain):
        bare = _LABEL.sub("", plain)
        if found := _EXTENSION.search(bare):
            extension, bare = found[1], bare[: found.start()].rstrip(" ,;")
        if any(char.isalpha() for char in bare):
            return Phone(
                text, None, digits, warning=_("There are letters in this phone number. It is kept as it is.")
            )
    number, known = _parse(bare, region)
    if number is None:
        return Phone(text, None, digits, warning=_not_dialable(bare, digits))
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # A number of the right length that no plan has given out (555…) still compares by one spelling.
    warning = None if known else _not_dialable(bare, digits)
    return Phone(text, e164 if known else None, e164.removeprefix("+"), extension, warning)


def _digits(text: str) -> str:
    if text.isascii():
        return _NO_DIGIT.sub("", text)
    return "".join(str(unicodedata.digit(char)) for char in text if char.isdigit())


def _parse(bare: str, region: str) -> tuple[phonenumbers.PhoneNumber | None, bool]:
    """The likeliest reading, and whether a numbering plan has given such a number out."""
    digits = _digits(bare)
    if bare[:1] == "+" and (quick := international(digits)) is not None and _PLAIN.fullmatch(bare):
        return quick, True
    # 810 and 00 are ways out of the country that people type from habit, wherever they are.
    spelling = re.sub(r"^\s*(?:00|8[-\s]?10)(?=[\s\d(-]{8})", "+", bare)
    candidates = [bare, spelling] if spelling != bare else [bare]
    if not bare.startswith("+") and len(digits) == 11 and digits[0] in "78":
        candidates.append("+7" + digits[1:])
    elif not bare.startswith("+") and len(digits) >= 11:
        candidates.append("+" + digits)
    possible = None
    for candidate in candidates:
        try:
            number = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        if given_out(number):
            return number, True
        if possible is None and phonenumbers.is_possible_number(number) and not re.search(r"[,;|]", bare):
            possible = number
    return possible, False


def _not_dialable(bare: str, digits: str) -> Any:
    if not digits:
        return _("There are no digits in this phone number. It is kept as it is.")
    if re.search(r"\d[^\d]*[;,/|]\s*\+?\d", bare):
        return _("These look like several phone numbers. Keep one in each field.")
    if len(digits) < 7:
        return _("This phone number looks too short. It is kept as it is.")
    if len(digits) > 15:
        return _("This phone number has too many digits. It is kept as it is.")
    return _("This does not look like a complete phone number. It is kept as it is.")


def format_phone(e164: str, *, region: str = "") -> str:
    """A number to read: national inside its region, international elsewhere; odd text comes back as it is."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    inside = region and phonenumbers.region_code_for_number(number) == region.upper()
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.NATIONAL if inside else form.INTERNATIONAL)


def phone_search_digits(query: str) -> str:
    """Digits to look for inside stored digits, or nothing if the query is no phone.

    Ways of dialling out (8, 00, +) fall away, so that 8 (495) 123 finds +7 495 123…: look for the rest
    anywhere in the stored digits.
    """
    plain = unicodedata.normalize("NFKC", query).strip()
    if not plain or re.search(r"[^\d\s()+.\-–/#]", plain):
        return ""
    digits = _digits(plain)
    if len(digits) < _SEARCH_LEAST:
        return ""
    if plain.startswith("+"):
        return digits
    if digits.startswith("00") and len(digits) > 4:
        return digits[2:]
    if digits.startswith("810") and len(digits) > 11:
        return digits[3:]
    # 8 before a Russian or Kazakh number and 0 before a national one stand for the country's code.
    if digits[0] == "8" and (len(digits) == 11 or re.match(r"8[\s(-]", plain)):
        return digits[1:]
    return digits[1:] if digits[0] == "0" and len(digits) > 3 else digits
