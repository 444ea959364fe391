"""Companies and people as lists and pages read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from crm_core.clients.models import Classification, Company, ContactWay, Employment, Person
from crm_core.events.models import Event
from crm_core.records.models import Card, Star, Tag, Tagging
from crm_core.records.queries import Reader, asking, refuse, visibility_q, visible_to
from crm_core.team.models import Member
from kernel.standing import standing
from kernel.text import variants

# The headings that have a column of their own.
COMPANY_SLOTS = ("stage", "industry", "region", "size", "source")
PERSON_SLOTS = ("stage", "source")


def company_rows(member: Member | Reader) -> QuerySet[Company]:
    """Live companies that the member sees in full, with their cards and owners."""
    return Company.objects.filter(visibility_q(member)).select_related("card__owner")


def person_rows(member: Member | Reader) -> QuerySet[Person]:
    """Live people that the member sees in full, with their cards and owners."""
    return Person.objects.filter(visibility_q(member)).select_related("card__owner")


def company(member: Member, id: UUID) -> Company:
    """One company with its references. Raises ``NotFound``."""
    found: list[Company] = _company(id=id, **asking(member))
    return found[0] if found else refuse(member, "company", id)


@standing
def _company(*, id: Any, sees: tuple[str], member: Any, team: Any = None) -> QuerySet[Company]:
    reader = Reader.of(sees, member, team)
    rows = company_rows(reader).select_related("parent__card", *COMPANY_SLOTS).annotate(**_marks(reader))
    return rows.filter(pk=id).order_by()


def person(member: Member, id: UUID) -> Person:
    """One person with references. Raises ``NotFound``."""
    found: list[Person] = _person(id=id, **asking(member))
    return found[0] if found else refuse(member, "person", id)


@standing
def _person(*, id: Any, sees: tuple[str], member: Any, team: Any = None) -> QuerySet[Person]:
    reader = Reader.of(sees, member, team)
    rows = person_rows(reader).select_related("company__card", *PERSON_SLOTS).annotate(**_marks(reader))
    return rows.filter(pk=id).order_by()


def _marks(member: Member | Reader) -> dict[str, Any]:
    """``starred`` by the member, and ``owner_since``: when the present owner was given it, if not from the start."""
    given = Event.objects.filter(record_id=OuterRef("pk"), verb="records.assigned").order_by("-at")
    return {
        "starred": Exists(Star.objects.filter(member_id=member.id, card_id=OuterRef("pk"))),
        "owner_since": Subquery(given.values("at")[:1]),
    }


def tags_with_mark(card_id: UUID) -> list[Tag]:
    """Every tag by name; ``here`` says whether the record has it. One query for both of a page's needs."""
    return _tags(card=card_id)


@standing
def _tags(*, card: Any) -> QuerySet[Tag]:
    here = Exists(Tagging.objects.filter(tag=OuterRef("pk"), card_id=card))
    return Tag.objects.annotate(here=here).order_by("name")


def company_of(person_id: UUID) -> UUID | None:
    """The main company of a person: what is written about the person also stands in its timeline."""
    return Person.objects.filter(pk=person_id).values_list("company_id", flat=True).first()


def ways_of(card_id: UUID) -> list[ContactWay]:
    """A client's contact ways, preferred ones first."""
    return _ways(card=card_id)


@standing
def _ways(*, card: Any) -> QuerySet[ContactWay]:
    return ContactWay.objects.filter(card_id=card).order_by("kind", "-preferred", "position")


def classes_of(card_id: UUID) -> list[Classification]:
    """The values of the workspace's own headings on a client."""
    found = Classification.objects.filter(card_id=card_id).select_related("value", "heading")
    return list(found.order_by("heading__position", "heading__name"))


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody at a company, or a company of somebody. ``full`` says whether the page opens."""

    id: UUID
    label: str
    role: str
    main: bool
    full: bool
    phone: str = ""
    email: str = ""


def people_of(member: Member, company_id: UUID) -> list[Colleague]:
    """Who works at a company: the main ones first; people not seen in full are named without contacts."""
    rows = (
        Employment.objects.filter(company_id=company_id, person__card__state=Card.State.LIVE)
        .select_related("person__card")
        .order_by("-main", "person__card__sort_key")
    )
    seen = _seen(member, "person", [row.person_id for row in rows])
    return [
        Colleague(
            id=row.person_id,
            label=row.person.card.label,
            role=row.role,
            main=row.main,
            full=row.person_id in seen,
            phone=row.person.phone if row.person_id in seen else "",
            email=row.person.email if row.person_id in seen else "",
        )
        for row in rows
    ]


def employments_of(member: Member, person_id: UUID) -> list[Colleague]:
    """Where a person works, the main place first."""
    rows = (
        Employment.objects.filter(person_id=person_id, company__card__state=Card.State.LIVE)
        .select_related("company__card")
        .order_by("-main", "company__card__sort_key")
    )
    seen = _seen(member, "company", [row.company_id for row in rows])
    return [
        Colleague(row.company_id, row.company.card.label, row.role, row.main, row.company_id in seen)
        for row in rows
    ]


def _seen(member: Member, kind: str, ids: list[UUID]) -> set[UUID]:
    """Those of the records that the member sees in full; asks only where not everything is seen."""
    if not ids or member.visibility == "all":
        return set(ids)
    return set(visible_to(member, kind).filter(id__in=ids).values_list("id", flat=True))


def children_of(member: Member, company_id: UUID) -> list[Card]:
    """Companies that belong to a company, by name."""
    rows = visible_to(member, "company").filter(company__parent_id=company_id)
    return list(rows.order_by("sort_key")[:50])


def find_clients(member: Member, kinds: Iterable[str], words: str, limit: int = 8) -> list[Card]:
    """Clients for a field in which one is chosen, by part of the name in either keyboard layout.

    Without words the ones that changed last.
    """
    rows = Card.objects.none()
    for kind in kinds:
        rows = rows | visible_to(member, kind)
    spellings = variants(words)
    if not spellings:
        return list(rows.order_by("-changed_at")[:limit])
    found: list[Card] = []
    for spelling in spellings:
        matched = rows.filter(search_text__contains=spelling).exclude(id__in=[card.id for card in found])
        found += matched.order_by("sort_key")[: limit - len(found)]
        if len(found) >= limit:
            break
    return found


def label_of_company(member: Member, value: str) -> str | None:
    """The name of a company that the member may choose; None for any other text."""
    try:
        key = UUID(value)
    except ValueError:
        return None
    return visible_to(member, "company").filter(id=key).values_list("label", flat=True).first()
