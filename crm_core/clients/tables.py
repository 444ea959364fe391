"""The lists of companies and people as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from crm_core.activities.queries import has_step, next_step_for
from crm_core.clients import queries
from crm_core.clients.models import Heading
from crm_core.lists.tables import (
    Badge,
    Bulk,
    ChoiceFilter,
    Column,
    DateFilter,
    DefaultView,
    Empty,
    FlagFilter,
    Grouping,
    Link,
    MemberFilter,
    MoneyFilter,
    More,
    NumberFilter,
    Option,
    Phone,
    Step,
    Table,
    TagFilter,
    TextFilter,
)

_STEP_ICONS = {"call": "phone", "meeting": "users"}


def steps_for(ids: Iterable[UUID]) -> dict[UUID, Step]:
    """The next step of each record as lists draw it."""
    return {
        key: Step(
            text=str(found),
            when=found.due_at or found.due_on,
            icon=_STEP_ICONS.get(found.kind, "square-check"),
            tone="negative" if found.is_overdue else "",
        )
        for key, found in next_step_for(ids).items()
    }


def _badges(heading_id: UUID) -> Any:
    def load(ids: Iterable[UUID]) -> dict[UUID, Badge]:
        return {
            key: Badge(value.name, hue=value.hue)
            for key, value in queries.values_under(heading_id, ids).items()
        }

    return load


def _slot_badge(slot: str) -> Any:
    def value(row: Any) -> Badge | None:
        found = getattr(row, slot)
        return Badge(found.name, hue=found.hue) if found else None

    return value


def _headings(kind: str) -> More:
    """A column, a filter and a grouping for each heading of a kind, in one query."""
    columns, filters, groupings, annotations = [], [], [], {}
    for heading in queries.heading_options(kind):
        name = heading.slot or f"h{heading.id.hex}"
        options = tuple(Option(str(key), words, hue=hue) for key, words, hue in heading.options)
        if heading.slot:
            path = f"{heading.slot}_id"
            value: Any = _slot_badge(heading.slot)
            load = None
            groupings.append(
                Grouping(
                    name,
                    heading.name,
                    path=f"{heading.slot}__position",
                    title=_title(heading.slot),
                )
            )
        else:
            path, value, load = name, "", _badges(heading.id)
            annotations[name] = _annotation(heading.id)
            groupings.append(Grouping(name, heading.name, path=name, title=_own_title(name, heading.options)))
        columns.append(
            Column(
                name,
                heading.name,
                value=value,
                load=load,
                needs=(heading.slot,) if heading.slot else (),
                format="badge",
                sort=f"{heading.slot}__position" if heading.slot else "",
                default=heading.slot == Heading.Slot.STAGE,
            )
        )
        filters.append(ChoiceFilter(name, heading.name, path=path, options=options, nullable=True))
    return More(
        columns=tuple(columns),
        filters=tuple(filters),
        groupings=tuple(groupings),
        annotations=annotations,
    )


def _annotation(heading_id: UUID) -> Any:
    return lambda member: queries.value_under(heading_id)


def _title(slot: str) -> Any:
    return lambda row: getattr(row, slot).name if getattr(row, slot) else str(_("Not filled in"))


def _own_title(name: str, options: Iterable[tuple[UUID, str, str]]) -> Any:
    words = {key: label for key, label, _hue in options}
    return lambda row: words.get(getattr(row, name)) or str(_("Not filled in"))


def company_headings() -> More:
    return _headings("company")


def person_headings() -> More:
    return _headings("person")


def _website(row: Any) -> Any:
    return queries.site_link(row.website)


_OWNER = Column("owner", _("Owner"), value="card.owner", format="member", sort="card__owner__name")
_NEXT = Column("next", _("Next step"), format="step", load=steps_for)
_TAGS = Column("tags", _("Tags"), format="tags", default=False)
_PHONE = Column("phone", _("Phone"), format="phone", default=False)
_EMAIL = Column("email", _("E-mail"), format="email", default=False)
_CREATED = Column(
    "created",
    pgettext_lazy("column", "Added"),
    value="card.created_at",
    format="date",
    sort="card__created_at",
    descending=True,
    default=False,
)
_CHANGED = Column(
    "changed",
    pgettext_lazy("column", "Changed"),
    value="card.changed_at",
    format="date",
    sort="card__changed_at",
    descending=True,
    default=False,
)
_COMMON_FILTERS = (
    MemberFilter("owner", _("Owner")),
    FlagFilter("next", _("Next step"), q=has_step, yes=_("planned"), no=_("missing")),
    TagFilter("tag", _("Tag")),
    DateFilter(
        "created", pgettext_lazy("column", "Added"), path="card__created_at", moment=True, nullable=False
    ),
    DateFilter(
        "changed", pgettext_lazy("column", "Changed"), path="card__changed_at", moment=True, nullable=False
    ),
    TextFilter("phone", _("Phone"), path="phone"),
    TextFilter("email", _("E-mail"), path="email"),
)
_PLAN = Bulk(
    "plan",
    _("Plan a step"),
    icon="square-check",
    action="crm_core.activities.actions.plan_many",
    form="crm_core.activities.forms.BulkForm",
    right="activities.edit",
)
_BY_OWNER = Grouping(
    "owner",
    _("Owner"),
    path="card__owner__name",
    title=lambda row: row.card.owner.name if row.card.owner else str(_("Without owner")),
)

# The order of a fresh list: stage is one of the workspace's headings, which otherwise come last.
_COMPANY_COLUMNS = "columns=name,stage,owner,next,phone,city"

COMPANIES = Table(
    name="companies",
    kind="company",
    title=_("Companies"),
    counted=ngettext_lazy("%(n)s company", "%(n)s companies", "n"),
    url="clients:companies",
    right="clients.view",
    edit_right="clients.edit",
    rows=queries.company_rows,
    related={slot: slot for slot in queries.COMPANY_SLOTS},
    sort="name",
    columns=(
        Column("name", _("Company"), value="card", format="record", sort="card__sort_key", fixed=True),
        _OWNER,
        _NEXT,
        Column("city", _("City"), sort="city"),
        _PHONE,
        _EMAIL,
        Column("website", _("Website"), value=_website, format="link", default=False),
        Column("tax_number", _("Tax number"), default=False),
        Column(
            "revenue",
            _("Revenue a year"),
            value=("revenue", "currency"),
            format="money",
            sort=F("revenue"),
            descending=True,
            default=False,
        ),
        Column(
            "employees", _("People"), format="number", sort=F("employees"), descending=True, default=False
        ),
        _CREATED,
        _CHANGED,
        _TAGS,
    ),
    filters=(
        TextFilter("name", _("Name"), path="name"),
        *_COMMON_FILTERS,
        TextFilter("city", _("City"), path="city"),
        TextFilter("country", _("Country"), path="country"),
        TextFilter("website", _("Website"), path="website"),
        TextFilter("tax_number", _("Tax number"), path="tax_number"),
        MoneyFilter("revenue", _("Revenue a year"), path="revenue"),
        NumberFilter("employees", _("Number of people"), path="employees"),
    ),
    groupings=(_BY_OWNER,),
    bulk=(_PLAN,),
    dynamic=company_headings,
    phone=Phone(start="name", end="stage", below="next", below_end="owner"),
    empty=Empty(
        title=_("The companies you work with"),
        text=_("Add the first one, or bring your list from a spreadsheet or another system."),
        action=Link(_("New company"), "clients:new_company", icon="plus", right="clients.edit"),
        second=Link(_("Import"), "imports:start", query="kind=company", icon="upload", right="imports.run"),
    ),
    create=Link(_("New company"), "clients:new_company", icon="plus", right="clients.edit"),
    links=(Link(_("Import"), "imports:start", query="kind=company", icon="upload", right="imports.run"),),
    views=(
        DefaultView("companies.all", pgettext_lazy("companies", "All"), _COMPANY_COLUMNS + "&sort=name"),
        DefaultView(
            "companies.mine", pgettext_lazy("companies", "Mine"), _COMPANY_COLUMNS + "&owner.is=me&sort=name"
        ),
        DefaultView("companies.untouched", _("No next step"), _COMPANY_COLUMNS + "&next.is=no&sort=name"),
        DefaultView("companies.ownerless", _("Without owner"), _COMPANY_COLUMNS + "&owner.empty=1&sort=name"),
    ),
)

PEOPLE = Table(
    name="people",
    kind="person",
    title=_("People"),
    counted=ngettext_lazy("%(n)s person", "%(n)s people", "n"),
    url="clients:people",
    right="clients.view",
    edit_right="clients.edit",
    rows=queries.person_rows,
    related={"company": "company__card"} | {slot: slot for slot in queries.PERSON_SLOTS},
    sort="name",
    columns=(
        Column("name", _("Name"), value="card", format="record", sort="card__sort_key", fixed=True),
        Column(
            "company",
            _("Company"),
            value="company.card",
            format="record",
            sort=F("company__card__sort_key"),
        ),
        Column("position", _("Position")),
        Column("phone", _("Phone"), format="phone"),
        Column("email", _("E-mail"), format="email"),
        _OWNER,
        _NEXT,
        Column("birthday", _("Birthday"), format="date", sort=F("birthday"), default=False),
        _CREATED,
        _CHANGED,
        _TAGS,
    ),
    filters=(
        TextFilter("name", _("Name"), path="card__label"),
        *_COMMON_FILTERS,
        TextFilter("company", _("Company"), path="company__name"),
        TextFilter("position", _("Position"), path="position"),
        DateFilter("birthday", _("Birthday"), path="birthday"),
    ),
    groupings=(
        _BY_OWNER,
        Grouping(
            "company",
            _("Company"),
            path="company__card__sort_key",
            title=lambda row: row.company.name if row.company else str(_("Without company")),
        ),
    ),
    bulk=(_PLAN,),
    dynamic=person_headings,
    phone=Phone(start="name", end="stage", below="company", below_end="next"),
    empty=Empty(
        title=_("The people you talk to"),
        text=_("Add the first one, or bring your address book from a file."),
        action=Link(_("New person"), "clients:new_person", icon="plus", right="clients.edit"),
        second=Link(_("Import"), "imports:start", query="kind=person", icon="upload", right="imports.run"),
    ),
    create=Link(_("New person"), "clients:new_person", icon="plus", right="clients.edit"),
    links=(Link(_("Import"), "imports:start", query="kind=person", icon="upload", right="imports.run"),),
    views=(
        DefaultView("people.all", pgettext_lazy("people", "All"), "sort=name"),
        DefaultView("people.mine", pgettext_lazy("people", "Mine"), "owner.is=me&sort=name"),
        DefaultView("people.untouched", _("No next step"), "next.is=no&sort=name"),
        DefaultView("people.ownerless", _("Without owner"), "owner.empty=1&sort=name"),
    ),
)
