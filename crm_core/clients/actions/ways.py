"""Contact ways: kept as typed, compared by a normal form, doubtful ones kept with a warning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.clients.actions.cleaning import domain_of_site, line
from crm_core.clients.models import ContactWay
from kernel import context
from kernel.bulk import fresh
from kernel.emails import read_email
from kernel.errors import Invalid
from kernel.phones import read_phone
from kernel.text import clean, fold

LONGEST = 300
_KINDS = tuple(ContactWay.Kind.values)
_LABELS = frozenset(("", *ContactWay.Label.values))
_one_line = line(LONGEST)
MOST_WAYS = 50

# Where a number without a country code is dialled from: the workspace's currency tells the country
# better than its language; the euro and the dollar say nothing more, so the largest user stands for them.
_REGIONS = {
    "RUB": "RU", "USD": "US", "EUR": "DE", "GBP": "GB", "KZT": "KZ", "BYN": "BY", "UAH": "UA", "PLN": "PL",
    "CHF": "CH", "TRY": "TR", "INR": "IN", "CNY": "CN", "JPY": "JP", "CZK": "CZ", "SEK": "SE", "NOK": "NO",
    "CAD": "CA", "AUD": "AU", "AMD": "AM", "GEL": "GE", "UZS": "UZ", "KGS": "KG", "AZN": "AZ", "BRL": "BR",
}  # fmt: skip


def home_region() -> str:
    """The country (ISO code) in which numbers without a country code are read."""
    tenant = context.tenant()
    if tenant.language == "ru" and tenant.currency not in _REGIONS:
        return "RU"
    return _REGIONS.get(tenant.currency, "US")


@dataclass(frozen=True, slots=True)
class Way:
    """One contact way as it is asked for; ``kind`` and ``label`` are values of the model's choices."""

    kind: str
    value: str
    label: str = ""
    preferred: bool = False


def read_way(way: Way) -> ContactWay | None:
    """An unsaved contact way, or None for an empty one. Raises ``Invalid``."""
    value = _one_line(way.value)
    if not value:
        return None
    if way.kind not in _KINDS or way.label not in _LABELS:
        raise Invalid(_("There is no such kind of contact."))
    row = fresh(ContactWay, kind=way.kind, label=way.label, value=value, preferred=way.preferred)
    _normalise(row)
    return row


def _normalise(row: ContactWay) -> None:
    if row.kind == ContactWay.Kind.PHONE:
        phone = read_phone(row.value, region=home_region())
        row.normal = phone.e164 or phone.digits[:60]
        row.digits = phone.digits[:60]
        row.doubtful = phone.warning is not None
    elif row.kind == ContactWay.Kind.EMAIL:
        row.normal = read_email(row.value)
    elif row.kind == ContactWay.Kind.WEBSITE:
        row.normal = domain_of_site(row.value)
        row.doubtful = not row.normal
    else:
        row.normal = fold(row.value)[:LONGEST]


def warning_of(row: ContactWay) -> Any:
    """The sentence that a doubtful contact way is shown with; None if all is well."""
    if not row.doubtful:
        return None
    if row.kind == ContactWay.Kind.PHONE:
        return read_phone(row.value, region=home_region()).warning
    return _("This does not look like a website. It is kept as it is.")


def read_ways(given: Iterable[Way], *, field: str = "") -> list[ContactWay]:
    """Unsaved contact ways in order, doubles and empty ones left out, one preferred of each kind.

    Raises one ``Invalid`` whose fields are ``<kind>-<position>``, or ``field`` if it is named.
    """
    rows: list[ContactWay] = []
    wrong: dict[str, list[Any]] = {}
    seen: set[tuple[str, str]] = set()
    for position, way in enumerate(given):
        try:
            row = read_way(way)
        except Invalid as error:
            found = [sentence for sentences in error.fields.values() for sentence in sentences]
            wrong.setdefault(field or f"{way.kind}-{position}", []).extend(found)
            continue
        if row is None:
            continue
        key = (row.kind, row.normal or fold(row.value))
        if key in seen:
            continue
        seen.add(key)
        row.position = len(rows)
        rows.append(row)
    if wrong:
        raise Invalid(fields=wrong)
    if len(rows) > MOST_WAYS:
        raise Invalid(_("A client can have at most %(most)s contacts."), most=str(MOST_WAYS), field=field)
    _prefer_one(rows)
    return rows


def _prefer_one(rows: list[ContactWay]) -> None:
    for kind in {row.kind for row in rows}:
        same = [row for row in rows if row.kind == kind]
        chosen = next((row for row in same if row.preferred), same[0] if same else None)
        for row in same:
            row.preferred = row is chosen


def preferred(rows: Iterable[ContactWay], kind: str) -> str:
    """The preferred value of a kind as typed, for the wide row."""
    same = [row for row in rows if row.kind == kind]
    return next((row.value for row in same if row.preferred), same[0].value if same else "")


def search_words(rows: Iterable[ContactWay]) -> list[str]:
    """What a search finds a client by: digits of phones, addresses and names in messengers."""
    words: list[str] = []
    for row in rows:
        if row.kind == ContactWay.Kind.PHONE:
            words += [row.digits] if row.digits else [fold(row.value)]
        elif row.kind == ContactWay.Kind.EMAIL:
            # As it stands and folded: both anna@example.com and "anna example" find it.
            words += [row.normal, fold(row.normal)]
        else:
            words += [row.normal, fold(row.value)]
    return words


def as_told(rows: Iterable[ContactWay]) -> list[dict[str, Any]]:
    """Contact ways in JSON terms, for events and undo."""
    return [
        {"kind": row.kind, "label": row.label, "value": row.value, "preferred": row.preferred} for row in rows
    ]


def retold(told: Iterable[dict[str, Any]]) -> list[Way]:
    """The reverse of :func:`as_told`."""
    return [
        Way(one["kind"], clean(one["value"]), one.get("label", ""), one.get("preferred", False))
        for one in told
    ]


def store_ways(card_id: UUID, rows: list[ContactWay]) -> None:
    """Put these contact ways in the place of a card's present ones (within the caller's transaction)."""
    ContactWay.objects.filter(card_id=card_id).delete()
    for row in rows:
        row.card_id = card_id
    ContactWay.objects.bulk_create(rows)
