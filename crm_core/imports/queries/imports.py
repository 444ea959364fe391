"""Who sees which imports, and what is still to be settled before one may begin."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_core.clients.actions import Update
from crm_core.clients.models import Company
from crm_core.imports.mapping import Target
from crm_core.imports.models import Import, ImportQuerySet
from crm_core.imports.queries import facts, stages
from crm_core.imports.queries.lookups import lookup
from crm_core.imports.reading import Column, Row
from crm_core.records import registry
from crm_core.records.models import Card, ChangeSet
from crm_core.sales.models import Pipeline
from crm_core.team.models import Member
from kernel.errors import NotFound, worded
from kernel.jobs.models import Job
from kernel.text import fold

_ID = re.compile(r"(?=.*\d)[\w-]{2,40}")
WORKSPACE_URLS = "config.urls_workspace"
# A remembered row takes about a kilobyte.
MOST_REMEMBERED = 150_000
SUMMED = ("created", "updated", "same")


def visible_to(member: Member) -> ImportQuerySet:
    """One's own imports; all of them for who may undo other people's work."""
    rows = Import.objects.select_related("member", "job")
    if member.may("records.undo"):
        return rows
    return rows.filter(member_id=member.id)


def waiting_of(member: Any) -> int:
    """How many files of a member wait to be imported."""
    waiting = (Import.State.DRAFT, Import.State.CHECKING, Import.State.CHECKED)
    return Import.objects.filter(member_id=member.id, state__in=waiting).count()


def import_of(member: Member, id: Any) -> Import:
    """One import. Raises ``NotFound``."""
    found = visible_to(member).filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def open_import(member: Member, id: Any) -> Import:
    """One import that has not begun. Raises ``NotFound`` for any other."""
    found = import_of(member, id)
    if not found.is_open:
        raise NotFound
    return found


def address(found: Import) -> str:
    """The import's page; jobs have no request whose URLs could be used."""
    return reverse("imports:show", args=[found.id], urlconf=WORKSPACE_URLS)


def statuses_name(found: Import) -> str:
    """The stored file that holds one letter for each row: what the last check says of it."""
    return f"{found.stored or 'imports'}.statuses"


def runner(member_id: UUID | None) -> Member:
    """Who asked for a job. Raises ``NotFound`` for somebody who has left since."""
    member = Member.objects.active().select_related("role", "team").filter(id=member_id).first()
    if member is None:
        raise NotFound(_("The colleague who began this import no longer works here."))
    return member


def undo_of(found: Import) -> ChangeSet | None:
    """The change set of an import, which knows what its undoing kept."""
    return ChangeSet.objects.filter(id=found.change_set).first() if found.change_set else None


def undo_job(found: Import) -> Job | None:
    """The background work that undoes a large import."""
    return Job.objects.filter(key=f"records.undo:{found.change_set}").first() if found.change_set else None


def with_answers(member: Member, found: Import) -> dict[str, Any]:
    """The options with a proposal for every stage and owner of the file that nobody has answered for."""
    options = dict(found.options)
    words = [stages.StageWord(**one) for one in found.facts.get("stages", [])]
    if words:
        known = lookup(found)
        offered = known.stages.get(known.pipeline_id, [])  # type: ignore[arg-type]
        proposed = stages.proposals(member, words, offered)
        ids = {str(stage.id) for stage in offered} | {stages.NEW}
        said = {key: answer for key, answer in options.get("stages", {}).items() if answer in ids}
        options["stages"] = proposed | said
    return options


def still_true(options: Mapping[str, Any]) -> dict[str, Any]:
    """Remembered answers without those that point at people or pipelines that are gone."""
    kept = dict(options)
    members = {str(key) for key in Member.objects.active().values_list("id", flat=True)}
    if kept.get("owner") and kept["owner"] not in members:
        kept.pop("owner")
    kept["owners"] = {name: who for name, who in kept.get("owners", {}).items() if who in members}
    pipelines = {str(key) for key in Pipeline.objects.values_list("id", flat=True)}
    if kept.get("pipeline") and kept["pipeline"] not in pipelines:
        kept.pop("pipeline")
    return kept


@dataclass(frozen=True, slots=True)
class Blocker:
    """What must be settled before the import may begin; ``place`` is the column, -1 for the whole."""

    sentence: Any
    place: int = -1


def blockers(member: Member, found: Import) -> list[Blocker]:
    """Everything that stands in the way, in words."""
    mapped = facts.mapped(found)
    return [
        *_forbidden(member, mapped),
        *_unread(found, mapped),
        *_nameless(found, mapped),
        *_doubled(mapped),
    ]


def _forbidden(member: Member, mapped: Mapping[int, Target]) -> Iterator[Blocker]:
    """Kinds of records that the member's role may not add: better said now than by a failed job."""
    for kind in dict.fromkeys(target.kind for target in mapped.values()):
        if not member.may(registry.kind(kind).edit_right):
            sentence = _("Your role may not add records of this kind: %(kind)s.")
            yield Blocker(worded(sentence, kind=str(registry.kind(kind).many)))


def _unread(found: Import, mapped: Mapping[int, Target]) -> Iterator[Blocker]:
    """Columns whose dates or numbers cannot be read for certain."""
    columns = {column.place: column for column in facts.columns(found)}
    for place, target in mapped.items():
        column = columns.get(place)
        if column is None:
            continue
        if column.problem and target.type in ("date", "moment", "amount", "number", "percent"):
            yield Blocker(column.problem, place)
        if target.type in ("date", "moment") and column.dates and not column.dates.sure:
            sample = column.samples[0] if column.samples else ""
            sentence = _("Say whether dates such as %(sample)s begin with the day or the month.")
            yield Blocker(worded(sentence, sample=sample), place)


def _nameless(found: Import, mapped: Mapping[int, Target]) -> Iterator[Blocker]:
    """No column is the name of what the rows are."""
    needed = {
        "company": ({"company.name"}, _("Say which column holds the company’s name.")),
        "person": (
            {"person.name", "person.first_name", "person.last_name", "person.email"},
            _("Say which column holds the person’s name."),
        ),
        "deal": ({"deal.name"}, _("Say which column holds the deal’s name.")),
    }
    names, sentence = needed[found.kind]
    if not names & {target.key for target in mapped.values()}:
        yield Blocker(sentence)


def _doubled(mapped: Mapping[int, Target]) -> Iterator[Blocker]:
    """Fields that hold one value and are given by several columns."""
    targets = {target.key: target for target in mapped.values()}
    given = Counter(target.key for target in mapped.values())
    for key, target in targets.items():
        if given[key] > 1 and not target.many and target.name not in ("description", "street", "new"):
            sentence = _("Two columns become “%(field)s”. Choose one of them.")
            yield Blocker(worded(sentence, field=str(target.label)))


def is_first(found: Import) -> bool:
    """Whether the workspace holds no records yet, and the file is small enough to be remembered as it is written."""
    if found.progress.get("after") or int(found.facts.get("rows", 0)) > MOST_REMEMBERED:
        return False
    return not Card.objects.filter(state__in=(Card.State.LIVE, Card.State.TRASHED)).exists()


def late_parents(found: Import) -> list[Update]:
    """Daughters whose parent company stood further down in the file."""
    places = {target.name: place for place, target in facts.mapped(found).items() if target.kind == "company"}
    if "parent" not in places or "old_id" not in places:
        return []
    wanted = dict(_pairs(found, places["old_id"], places["parent"]))
    made = dict(
        Card.objects.live()
        .filter(kind="company", origin__in={*wanted, *wanted.values()})
        .values_list("origin", "id")
    )
    lonely = set(
        Company.objects.live()
        .filter(pk__in=[made[one] for one in wanted if one in made], parent=None)
        .values_list("pk", flat=True)
    )
    return [
        Update(made[origin], {"parent": made[parent]}, [], True)
        for origin, parent in wanted.items()
        if origin in made and parent in made and made[origin] in lonely and origin != parent
    ]


def _pairs(found: Import, first: int, second: int) -> Iterator[tuple[str, str]]:
    for row in facts.sheet(found).rows():
        if row.problem is None and row.cells[first] and row.cells[second]:
            yield row.cells[first], row.cells[second]


def cell_of(found: Import, number: int, place: int) -> str:
    """What a kept row says in one column of the file. Raises ``NotFound``."""
    cells = found.rows.filter(number=number).values_list("cells", flat=True).first()
    if cells is None or not 0 <= place < len(cells):
        raise NotFound
    return str(cells[place])


def row_of_file(found: Import, number: int) -> Row:
    """One row of the stored file. Raises ``NotFound``."""
    for row in facts.sheet(found).rows(after=max(0, number - 1)):
        return row
    raise NotFound


def summary(found: Import) -> dict[str, int]:
    """What an import did, over all kinds and by kind, for its change set and the history."""
    counts = found.counts
    said = {
        what: sum(counts.get(f"{kind}.{what}", 0) for kind in ("company", "person", "deal"))
        for what in SUMMED
    }
    return said | {"wrong": counts.get("rows.wrong", 0)}


def fields_of(found: Import) -> dict[int, Target]:
    """Place of a column → what it becomes."""
    return facts.mapped(found)


def columns_of(found: Import) -> list[Column]:
    """The columns as the last look at the file knows them, before anybody settled what it leaves open."""
    return facts.from_json(found.columns)


def owner_words(found: Import) -> list[tuple[str, int]]:
    """Names in the owner column that belong to nobody here, with the number of rows that hold them."""
    members = Member.objects.active().values_list("name", "email")
    known = {fold(word) for pair in members for word in pair}
    unknown = [(name, count) for name, count in found.facts.get("owners", []) if fold(name) not in known]
    # One opaque id for everything says nothing that could be matched: the owner is asked once anyway.
    return [] if len(unknown) == 1 and _ID.fullmatch(unknown[0][0]) else unknown
