"""From a cell to a value: how each type of field reads what stands in a column."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm_core.imports.mapping import Target
from crm_core.imports.reading import Column, DateFormat, NumberFormat
from kernel.currencies import CURRENCIES
from kernel.errors import Invalid
from kernel.text import clean, fold
from kernel.when import read_zone

Read = Callable[[str], Any]

ID_LONGEST = 120
_YES = {"true", "yes", "y", "1", "да", "истина", "t", "x", "+"}
_NO = {"false", "no", "n", "0", "нет", "ложь", "f", "-"}
_PATRONYMIC = re.compile(r"(?:вич|ьич|вна|чна|шна|оглы|кызы)$", re.IGNORECASE)
_SURNAME = re.compile(
    r"(?:ова|ева|ёва|ина|ына|ская|цкая|ов|ев|ёв|ин|ын|ский|цкий|енко|дзе|швили|янц|ян|ук|юк)$", re.IGNORECASE
)


def reader(target: Target, column: Column, *, language: str, zone: str) -> Read:
    """A function that reads the cells of a column as this field. It raises ``Invalid`` with a sentence."""
    dates = column.dates or DateFormat(sure=False)
    numbers = column.numbers or NumberFormat("," if language == "ru" else ".", sure=False)
    if target.type in ("date", "moment"):
        if target.name == "created_on":
            return lambda text: _moment(text, dates, language, zone)
        return lambda text: dates.date(text, language=language)
    if target.type == "percent":
        return lambda text: _percent(text, numbers, language)
    if target.type == "number":
        return lambda text: _whole(text, numbers, language)
    if target.type == "amount":
        # The currency may stand in another column, so the amount is read when the row is put together.
        return lambda text: (text, numbers, language)
    return {"yesno": yes_or_no, "currency": _currency, "id": _id}.get(target.type, str)


def _moment(text: str, dates: DateFormat, language: str, zone: str) -> datetime:
    if dates.timed:
        return dates.moment(text, language=language, zone=zone)
    day = dates.date(text, language=language)
    return datetime.combine(day, time(0), tzinfo=read_zone(zone)).astimezone(UTC)


def day_of(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _percent(text: str, numbers: NumberFormat, language: str) -> int:
    found = numbers.number(text.rstrip("% \u00a0"), language=language)
    if not 0 <= found <= 100:
        raise Invalid(_("A probability is a number from 0 to 100."))
    return round(found)


def _whole(text: str, numbers: NumberFormat, language: str) -> int:
    found = numbers.number(text, language=language)
    if found < 0 or found != found.to_integral_value():
        raise Invalid(_("“%(text)s” is not a whole number."), text=text[:60])
    return int(found)


def amount(read: tuple[str, NumberFormat, str], currency: str) -> int:
    """Minor units of an amount that :func:`reader` left to its row."""
    text, numbers, language = read
    return numbers.amount(text, currency=currency, language=language)


def yes_or_no(text: str) -> bool:
    """Raises ``Invalid`` for anything that is neither."""
    word = fold(text)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Invalid(_("“%(text)s” is neither yes nor no."), text=text[:60])


def _currency(text: str) -> str:
    code = clean(text).upper()
    code = {"РУБ": "RUB", "РУБ.": "RUB", "₽": "RUB", "€": "EUR", "$": "USD", "£": "GBP", "₸": "KZT"}.get(
        code, code
    )
    if code not in CURRENCIES:
        raise Invalid(_("There is no currency “%(code)s”."), code=text[:20])
    return code


def _id(text: str) -> str:
    found = clean(text)
    if len(found) > ID_LONGEST:
        raise Invalid(_("An id has at most %(most)s characters."), most=str(ID_LONGEST))
    return found


def first_id(text: str) -> str:
    """The id that a cell refers to; the first one where an export lists several."""
    return clean(text).partition(";")[0].strip()


def several(text: str, type: str) -> list[str]:
    """The parts of a cell that holds several contacts or tags."""
    signs = {"email": r"[;,\n]|\s+(?=\S+@)", "phone": r"[;\n]|,(?=\s*\+?\d)"}.get(type, r"[;,|\n]")
    if type == "email" and text.count("@") < 2:
        return [text]
    return [part.strip() for part in re.split(signs, text) if part.strip()]


def split_name(text: str) -> dict[str, str]:
    """First, last and middle name of a full name, in the order in which English and Russian files write it."""
    text = clean(text)
    if "," in text:
        last, _comma, rest = text.partition(",")
        return {"last_name": last.strip(), "first_name": rest.strip()}
    words = text.split()
    if len(words) == 3 and _PATRONYMIC.search(words[2]):
        return dict(zip(("last_name", "first_name", "middle_name"), words, strict=True))
    if len(words) == 3 and _PATRONYMIC.search(words[1]):
        return dict(zip(("first_name", "middle_name", "last_name"), words, strict=True))
    if len(words) == 2 and _SURNAME.search(words[0]) and not _SURNAME.search(words[1]):
        return {"last_name": words[0], "first_name": words[1]}
    if len(words) < 2:
        return {"first_name": text}
    return {"first_name": words[0], "last_name": " ".join(words[1:])}
