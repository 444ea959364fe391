"""Reading accesses and visits, and the actor that a visiting operator is."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count

from crm_core.access.models import Access, Visit
from crm_core.events.models import Event
from crm_core.team.models import Member, Role
from crm_core.team.queries import digest, kept_parts
from kernel import context
from kernel.errors import NotFound
from kernel.rights import RIGHTS

# A visit's cookie is told from a member's by its beginning.
PREFIX = "visit."
# What no operator ever does, whatever was granted: take data out, rule over people, answer for the administrator.
NEVER = ("team.", "exports.", "access.", "lists.export", "timeline.audit")


def accesses() -> list[Access]:
    """Every access that was ever asked for, newest first."""
    return list(Access.objects.order_by("-asked_at")[:200])


def looks() -> list[tuple[Access, int]]:
    """Every access that was granted, newest first, each with the number of pages opened by it."""
    granted = list(Access.objects.exclude(until=None).order_by("-asked_at")[:200])
    seen = Event.objects.filter(verb="access.viewed", record_id__in=[one.id for one in granted])
    pages = dict(seen.values_list("record_id").annotate(pages=Count("id")).order_by())
    return [(one, pages.get(one.id, 0)) for one in granted]


def access(id: UUID) -> Access:
    """One access. Raises ``NotFound``."""
    found: Access | None = Access.objects.filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def visit_by_key(key: str) -> Visit | None:
    """The visit of a cookie's key if its access is open at this moment; one query."""
    visits = Visit.objects.select_related("access").annotate(parts=kept_parts())
    found: Visit | None = visits.filter(digest=digest(key)).first()
    return found if found is not None and found.access.is_open else None


def rights_of(found: Access) -> list[str]:
    """What a visitor holds: every right to view; with changes also the rest, but for what no operator does."""
    if found.may_change:
        return sorted(name for name in RIGHTS if not name.startswith(NEVER))
    return sorted(name for name in RIGHTS if name.endswith(".view"))


def visitor(found: Access) -> Member:
    """The operator as somebody who acts here: sees all records, belongs to no team."""
    tenant = context.tenant()
    role = Role(id=found.id, name="Operator", rights=rights_of(found), visibility=Role.Visibility.ALL)
    return Member(
        id=found.id,
        account_id=None,
        name=found.operator[:120],
        email=found.operator,
        role=role,
        team=None,
        active=True,
        language=tenant.language,
        zone=tenant.zone,
    )
