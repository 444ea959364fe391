"""Which changes of many rows a table offers, and which rows are meant."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.lists.queries.checking import check
from crm_core.lists.queries.conditions import Asked
from crm_core.lists.queries.declaring import Bulk, Table
from crm_core.lists.queries.reader import Reader
from crm_core.lists.queries.selecting import select
from crm_core.team.models import Member
from kernel.errors import Invalid, NotFound

# So many rows can be changed by one order; more are asked to be narrowed down.
MOST_ROWS = 50_000

# What may be done to any records; every table with a kind offers it.
OF_RECORDS = (
    Bulk(
        "assign",
        pgettext_lazy("records", "Assign"),
        "user-plus",
        "crm_core.records.actions.assign",
        form="crm_core.lists.forms.AssignForm",
        right="records.assign",
    ),
    Bulk(
        "tag",
        pgettext_lazy("records", "Add a tag"),
        "tag",
        "crm_core.records.actions.tag",
        form="crm_core.lists.forms.TagForm",
    ),
    Bulk(
        "untag",
        pgettext_lazy("records", "Remove a tag"),
        "tag",
        "crm_core.records.actions.untag",
        form="crm_core.lists.forms.TagForm",
    ),
    Bulk("trash", _("Move to trash"), "trash-2", "crm_core.records.actions.trash", danger=True),
)


def bulk_for(table: Table, member: Member) -> list[Bulk]:
    """The changes that the member may make: those for all records around the table's own."""
    if table.edit_right and not member.may(table.edit_right):
        return []
    general = OF_RECORDS if table.kind and table.records_bulk else ()
    ordered = [*general[:2], *table.bulk, *general[2:]]
    return [one for one in ordered if not one.right or member.may(one.right)]


def bulk_of(table: Table, name: str) -> Bulk:
    """A change by its name. Raises ``NotFound``."""
    general = OF_RECORDS if table.kind and table.records_bulk else ()
    for one in (*table.bulk, *general):
        if one.name == name:
            return one
    raise NotFound


def picked_ids(table: Table, member: Member, ids: Sequence[UUID]) -> list[UUID]:
    """Those of the ids that the member sees, in a steady order."""
    return list(table.rows(member).filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)[:MOST_ROWS])


def matching_ids(table: Table, member: Member, asked: Asked) -> list[UUID]:
    """All rows that fit, whatever page is shown."""
    reader = Reader.of(member)
    model = table.rows(member).model
    checked = check(table, asked.filter, reader, model)
    if checked.notes:
        # A condition that vanished since the page was shown would let the change reach more rows than were seen.
        raise Invalid(" ".join(checked.notes))
    rows = select(table, reader, checked, part=asked.part)
    found = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST_ROWS + 1])
    if len(found) > MOST_ROWS:
        raise Invalid(
            _("At most %(most)s rows can be changed at once. Narrow the filter."), most=f"{MOST_ROWS:,}"
        )
    return found
