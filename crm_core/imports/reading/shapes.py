"""What a single value looks like: the eye that header detection, the survey of columns and the mapping share."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Shape = Literal["", "email", "url", "phone", "moment", "date", "number", "yesno", "id", "text"]

_EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>.]{2,}")
_URL = re.compile(
    r"(?:https?://\S+|www\.\S+|(?:[\w-]+\.)+(?:com|net|org|ru|рф|de|io|eu|uk|fr|it|es|pl|cz|ua|kz|by|info|biz)(?:/\S*)?)",
    re.IGNORECASE,
)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)? ?(?:Z|[+-]\d\d:?\d\d)?", re.IGNORECASE
)
_DATE = re.compile(
    r"(?:\d{4}([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2(?:\d{4}|\d{2}))(?: г\.?)?(?:[ ,]+\d{1,2}:\d\d(?::\d\d)?(?: ?[APap]\.?[Mm]\.?)?)?"
)
_NAMED_DATE = re.compile(
    r"(?:\d{1,2}(?:st|nd|rd|th)? )?[^\W\d]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{1,2}(?:st|nd|rd|th)?[ -][^\W\d]{3,9}\.?[ -]\d{2,4}(?: г\.?| года)?"
)
_MONTHS = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"[-+−(]?\s?(?:[€$£¥₽₴₸₺₹₾֏]|[A-Z]{3}\s)?\s?[-−]?(?:\d{1,3}(?:['’\s]\d{3})+|\d+)(?:[.,]\d+)*(?:[eE]\+?\d{1,2})?"
    r"\s?(?:[€$£¥₽₴₸₺₹₾֏%]|[A-Z]{3}|руб\.?|р\.|грн\.?|тг|тенге|zł|Kč)?\)?"
)
_PHONE = re.compile(
    r"(?:тел\.?:?\s*|tel\.?:?\s*)?\+?[\d(][\d\s().\-–/]{5,22}\d(?:\s*(?:ext|x|доб)\.?\s*\d{1,6})?",
    re.IGNORECASE,
)
_ID = re.compile(
    r"(?=.*\d)(?:[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|(?=.*[A-Za-z])[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?|[0-9a-f]{24})"
)
_YES_NO = frozenset("true false yes no y n да нет истина ложь".split())  # noqa: SIM905
_LONGEST = 120


@lru_cache(maxsize=65536)
def shape_of(value: str) -> Shape:
    """The shape of one value; `text` for anything else, nothing for an empty one.

    A bare row of digits is a number; with the marks of a phone (+, brackets, dashes) it is a phone.
    """
    value = value.strip()
    if not value:
        return ""
    if len(value) > _LONGEST:
        return "url" if value.startswith(("http://", "https://")) and " " not in value else "text"
    if "@" in value:
        return "email" if _EMAIL.fullmatch(value) else "text"
    if value.casefold() in _YES_NO:
        return "yesno"
    if not any(char.isdigit() for char in value):
        return "url" if "." in value and _URL.fullmatch(value) else "text"
    return _of_digits(value)


def _of_digits(value: str) -> Shape:
    if _MOMENT.fullmatch(value):
        return "moment"
    if _DATE.fullmatch(value) or (_MONTHS.search(value) and _NAMED_DATE.fullmatch(value)):
        return "date"
    digits = sum(1 for char in value if char.isdigit())
    dialled = value[0] in "+(" or ") " in value or re.fullmatch(r"\d{1,4}(?:[-–.\s]\d{2,4}){2,4}", value)
    grouped = re.fullmatch(r"[-+]?\d{1,3}([\s.,])\d{3}(?:\1\d{3})*(?:[.,]\d+)?", value)
    if dialled and not grouped and 7 <= digits <= 15 and _PHONE.fullmatch(value):
        return "phone"
    if _NUMBER.fullmatch(value):
        return "number"
    if "." in value and _URL.fullmatch(value):
        return "url"
    if _PHONE.fullmatch(value) and 9 <= digits <= 15:
        return "phone"
    return "id" if _ID.fullmatch(value) else "text"
