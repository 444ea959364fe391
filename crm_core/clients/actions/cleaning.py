"""What may stand in a client's fields: each cleaner takes what was typed and gives what is stored.

Forms, inline editing, imports and actions all ask here, so a value is judged by one rule.
Cleaners raise ``Invalid`` with a sentence for people; the caller lays it at the field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.clients.models import NAME_LONGEST, TEXT_LONGEST
from crm_core.clients.queries.sites import domain_of_site
from kernel import context
from kernel.currencies import CURRENCIES
from kernel.errors import Invalid
from kernel.money import parse_amount
from kernel.text import clean, fold, strip_legal_form
from kernel.when import parse_date, today

Cleaner = Callable[[Any], Any]

_MOST_EMPLOYEES = 20_000_000


def line(longest: int, *, required: Any = None) -> Cleaner:
    """A cleaner for one line of text; ``required`` is the sentence for an empty one."""

    def cleaned(value: Any) -> str:
        text = clean(str(value or ""))
        if not text and required:
            raise Invalid(required)
        if len(text) > longest:
            raise Invalid(
                _("This is too long: %(length)s characters. At most %(longest)s fit."),
                length=str(len(text)),
                longest=str(longest),
            )
        return text

    return cleaned


def passage(value: Any) -> str:
    """Text of several lines, at most ``TEXT_LONGEST`` characters."""
    text = clean(str(value or ""), multiline=True)
    if len(text) > TEXT_LONGEST:
        raise Invalid(
            _("This is too long: %(length)s characters. At most %(longest)s fit."),
            length=str(len(text)),
            longest=str(TEXT_LONGEST),
        )
    return text


def website(value: Any) -> str:
    """A website as typed. Refuses what is no address of a site and what a browser would run (javascript:)."""
    text = line(300)(value)
    if not text:
        return ""
    scheme = re.match(r"([a-z][a-z0-9+.-]*):(?!\d)", text, re.IGNORECASE)
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise Invalid(_("A website begins with http:// or https://, or just with its name."))
    if not domain_of_site(text):
        raise Invalid(_("“%(text)s” is not a website. Write it like example.com."), text=text[:60])
    return text


def tax_key(tax_number: str) -> str:
    """The form by which tax numbers are compared: letters and digits only."""
    return fold(tax_number).replace(" ", "")[:40]


def company_key(name: str) -> str:
    """The form by which company names are compared: folded, without a legal form before or after the name."""
    bare = fold(strip_legal_form(name))
    shorter = re.sub(
        r" (?:inc|llc|ltd|limited|gmbh|ag|plc|corp|co|oy|ab|as|bv|sa|srl|ooo|ооо|ао|ип)$", "", bare
    )
    return shorter[:NAME_LONGEST]


def person_key(*names: str) -> str:
    """The form by which people's names are compared: folded words in alphabetical order."""
    return " ".join(sorted(fold(" ".join(names)).split()))[:NAME_LONGEST]


def whole_number(value: Any) -> int | None:
    """A number of people, or none."""
    text = (
        clean(str(value if value is not None else "")).replace("\u00a0", "").replace(" ", "").replace(",", "")
    )
    if not text:
        return None
    if not re.fullmatch(r"\d+(\.0+)?", text):
        raise Invalid(_("“%(text)s” is not a whole number."), text=text[:60])
    number = int(text.split(".")[0])
    if number > _MOST_EMPLOYEES:
        raise Invalid(_("This number is too large."))
    return number


def currency(value: Any) -> str:
    """A currency's code, or nothing."""
    code = clean(str(value or "")).upper()
    if code and code not in CURRENCIES:
        raise Invalid(_("There is no currency “%(code)s”."), code=code[:10])
    return code


def revenue(value: Any, code: str) -> int | None:
    """Minor units of a typed amount; numbers are taken as minor units already."""
    if value is None or isinstance(value, int):
        return value
    if not str(value).strip():
        return None
    return parse_amount(str(value), currency=code, language=context.current().language)


def birthday(value: Any) -> date | None:
    """A past date, or none."""
    if value is None or isinstance(value, date):
        found = value
    elif not str(value).strip():
        return None
    else:
        found = parse_date(str(value), language=context.current().language)
    if found and found > today(context.current().zone):
        raise Invalid(_("A birthday lies in the past."))
    return found


def reference(value: Any) -> UUID | None:
    """The id of a record, or none."""
    if value in (None, ""):
        return None
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        raise Invalid(_("Choose from the list.")) from None


_ADDRESS: dict[str, Cleaner] = {
    "street": line(300),
    "city": line(120),
    "province": line(120),
    "postcode": line(30),
    "country": line(80),
}

COMPANY: dict[str, Cleaner] = {
    "name": line(NAME_LONGEST, required=_("Enter the company’s name.")),
    "legal_name": line(NAME_LONGEST),
    "website": website,
    "tax_number": line(40),
    **_ADDRESS,
    "currency": currency,
    "employees": whole_number,
    "parent": reference,
    "description": passage,
}

PERSON: dict[str, Cleaner] = {
    "first_name": line(120),
    "last_name": line(120),
    "middle_name": line(120),
    "position": line(200),
    "birthday": birthday,
    "description": passage,
}


def cleaned(given: Mapping[str, Any], cleaners: Mapping[str, Cleaner]) -> dict[str, Any]:
    """Every given field cleaned. Raises one ``Invalid`` that names all the fields that are wrong."""
    done: dict[str, Any] = {}
    wrong: dict[str, list[Any]] = {}
    for name, value in given.items():
        cleaner = cleaners.get(name)
        if cleaner is None:
            done[name] = value
            continue
        try:
            done[name] = cleaner(value)
        except Invalid as error:
            wrong[name] = [sentence for found in error.fields.values() for sentence in found]
    if wrong:
        raise Invalid(fields=wrong)
    return done


def clean_company(given: Mapping[str, Any], *, currency_now: str = "") -> dict[str, Any]:
    """A company's given fields as they are stored, with the keys that follow from them.

    ``currency_now`` is the row's currency, for an amount that is changed alone.
    """
    wrong: dict[str, list[Any]] = {}
    values: dict[str, Any] = {}
    try:
        values = cleaned({name: value for name, value in given.items() if name != "revenue"}, COMPANY)
    except Invalid as error:
        wrong |= error.fields
    if "revenue" in given:
        code = values.get("currency") or currency_now or context.tenant().currency
        try:
            values["revenue"] = revenue(given["revenue"], code)
            values["currency"] = code if values["revenue"] is not None else ""
        except Invalid as error:
            wrong |= error.at("revenue").fields
    if wrong:
        raise Invalid(fields=wrong)
    return values | company_keys(values)


def company_keys(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that follow from others."""
    keys: dict[str, Any] = {}
    if "name" in values:
        keys["match_key"] = company_key(values["name"])
    if "website" in values:
        keys["domain"] = domain_of_site(values["website"])
    if "tax_number" in values:
        keys["tax_key"] = tax_key(values["tax_number"])
    return keys


def clean_person(given: Mapping[str, Any]) -> dict[str, Any]:
    """A person's given fields as they are stored."""
    return cleaned(given, PERSON)
