"""The facts beside a client: what each line shows, and which fields it opens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.clients import actions, queries
from crm_core.clients.models import Company, ContactWay, Person
from crm_core.clients.queries import HeadingOptions
from kernel import context
from kernel.errors import NotFound
from kernel.money import format_amount
from kernel.when import format_typed
from ui.forms import language

SLOTS = ("stage", "industry", "region", "size", "source")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line. ``form`` says how its value is drawn (text, badge, member, site, money, number, date,
    passage, ways, record); ``fields`` are the names that its form asks for, ``url`` is where it is edited,
    ``since`` is when an owner began."""

    name: str
    label: Any
    form: str = "text"
    value: Any = None
    fields: tuple[str, ...] = ()
    url: str = ""
    since: datetime | None = None

    @property
    def empty(self) -> bool:
        return self.value in (None, "", [])

    @property
    def asked(self) -> tuple[str, ...]:
        return self.fields or (self.name,)


@dataclass(frozen=True, slots=True)
class WayLine:
    """A contact way with its link and its warning."""

    way: ContactWay
    href: str
    warning: Any


def way_lines(ways: Iterable[ContactWay]) -> list[WayLine]:
    """Contact ways as they are shown."""
    return [WayLine(way, _link(way), actions.warning_of(way)) for way in ways]


def _link(way: ContactWay) -> str:
    if way.kind == ContactWay.Kind.PHONE:
        return _dial(way)
    if way.kind == ContactWay.Kind.EMAIL:
        return f"mailto:{way.normal}"
    if way.kind == ContactWay.Kind.WEBSITE:
        return queries.href(way.value)
    return ""


def _dial(way: ContactWay) -> str:
    """The link that dials: also for a number that no plan knows, if it is long enough and has no letters."""
    if way.normal.startswith("+"):
        return f"tel:{way.normal}"
    if not 7 <= len(way.digits) <= 15 or any(char.isalpha() for char in way.value):
        return ""
    return f"tel:+{way.digits}" if way.value.strip().startswith("+") else f"tel:{way.digits}"


def _slot(row: Any, found: HeadingOptions) -> Fact:
    return Fact(found.slot, found.name, "badge", getattr(row, found.slot))


def _owner(row: Any) -> Fact:
    """Who works with the client, and since when: so that nobody is called twice."""
    since = row.owner_since or row.card.created_at if row.card.owner_id else None
    return Fact("owner", _("Owner"), "member", row.card.owner, since=since)


def _contacts(ways: list[WayLine]) -> list[Fact]:
    """A line for each kind of contact; phones and e-mails also while there are none."""
    facts = []
    for kind, label in ContactWay.Kind.choices:
        found = [line for line in ways if line.way.kind == kind]
        if found or kind in (ContactWay.Kind.PHONE, ContactWay.Kind.EMAIL):
            facts.append(Fact(kind, label, "ways", found, ("ways",)))
    return facts


def _own(headings: list[HeadingOptions], classes: dict[UUID, Any]) -> list[Fact]:
    return [
        Fact(str(found.id), found.name, "badge", classes.get(found.id))
        for found in headings
        if not found.slot
    ]


def company_facts(
    company: Company, ways: list[WayLine], headings: list[HeadingOptions], classes: dict[UUID, Any]
) -> list[Fact]:
    """All facts of a company, the most asked for first."""
    slots = {found.slot: _slot(company, found) for found in headings if found.slot}
    address = ("street", "city", "province", "postcode", "country")
    return [
        *(slots[name] for name in ("stage",) if name in slots),
        _owner(company),
        *_contacts(ways),
        Fact("website", _("Website"), "site", queries.site_link(company.website)),
        Fact("address", _("Address"), value=company.address, fields=address),
        *(slots[name] for name in ("industry", "region", "size", "source") if name in slots),
        *_own(headings, classes),
        Fact("tax_number", _("Tax number"), value=company.tax_number),
        Fact("name", _("Name"), value=company.name),
        Fact("legal_name", _("Legal name"), value=company.legal_name),
        Fact("revenue", _("Revenue a year"), "money", company.money, ("revenue", "currency")),
        Fact("employees", _("Number of people"), "number", company.employees),
        Fact("parent", _("Belongs to"), "record", company.parent and company.parent.card),
        Fact("description", _("Description"), "passage", company.description),
    ]


def person_facts(
    person: Person, ways: list[WayLine], headings: list[HeadingOptions], classes: dict[UUID, Any]
) -> list[Fact]:
    """All facts of a person, the most asked for first."""
    slots = {found.slot: _slot(person, found) for found in headings if found.slot}
    names = " ".join(part for part in (person.first_name, person.middle_name, person.last_name) if part)
    return [
        *(slots[name] for name in ("stage",) if name in slots),
        _owner(person),
        *_contacts(ways),
        Fact("position", _("Position"), value=person.position),
        *(slots[name] for name in ("source",) if name in slots),
        *_own(headings, classes),
        Fact(
            "name",
            pgettext_lazy("of a person", "Full name"),
            value=names,
            fields=("first_name", "last_name", "middle_name"),
        ),
        Fact("birthday", _("Birthday"), "date", person.birthday),
        Fact("description", _("Description"), "passage", person.description),
    ]


def facts_of(row: Any, kind: str) -> list[Fact]:
    """All facts of a client, read for the purpose."""
    headings = queries.heading_options(kind)
    has_own = any(not found.slot for found in headings)
    classes = {one.heading_id: one.value for one in queries.classes_of(row.pk)} if has_own else {}
    ways = way_lines(queries.ways_of(row.pk))
    build = company_facts if kind == "company" else person_facts
    name = f"clients:{kind}_field"
    return [
        replace(fact, url=reverse(name, args=[row.pk, fact.name]))
        for fact in build(row, ways, headings, classes)
    ]


def fact_of(row: Any, kind: str, name: str) -> Fact:
    """One fact by name. Raises ``NotFound``."""
    for fact in facts_of(row, kind):
        if fact.name == name:
            return fact
    raise NotFound


def initial_of(row: Any, fact: Fact) -> dict[str, Any]:
    """What the form of a fact shows at first."""
    found: dict[str, Any] = {}
    for name in fact.asked:
        if name in SLOTS:
            found[name] = getattr(row, f"{name}_id") or ""
        elif name == "parent":
            found[name] = row.parent_id or ""
        elif name == "revenue":
            found[name] = _amount(row)
        elif name == "birthday":
            found[name] = format_typed(row.birthday, language=language()) if row.birthday else ""
        elif hasattr(row, name):
            found[name] = getattr(row, name)
        else:
            found[name] = fact.value.id if fact.value else ""
    if "currency" in found and not found["currency"]:
        found["currency"] = context.tenant().currency
    return found


def _amount(row: Company) -> str:
    return "" if row.money is None else format_amount(row.money.minor, row.currency, language())
