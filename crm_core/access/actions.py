"""Asking for a look inside, granting, refusing and ending it; coming in, and the note of every page opened."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm_core.access.models import Access, Visit
from crm_core.access.queries import PREFIX, visitor
from crm_core.events.actions import record
from crm_core.team.models import Member, Role
from crm_core.team.queries import administrators, digest
from kernel import context, mail
from kernel.actions import action
from kernel.errors import Conflict, Invalid, NotFound
from kernel.jobs import Running, background
from kernel.rights import Actor, declare
from kernel.text import clean
from kernel.when import now

GRANT = declare("access.grant", _("Let an operator of the platform look in, and end it"), _("Workspace"))

HOURS = (1, 4, 8, 24, 72)


class _About:
    """The event's subject: an access is no record."""

    kind = "access"

    def __init__(self, found: Access) -> None:
        self.id, self.label = found.id, found.operator


@action()
def ask(*, id: UUID, account_id: int, operator: str, reason: str) -> Access:
    """An operator asks; the administrators get a letter. Raises ``Invalid`` without a reason, ``Conflict`` twice."""
    words = clean(reason)[:300]
    if not words:
        raise Invalid(_("Say why: the administrator decides by this sentence."), field="reason")
    waiting = Access.objects.filter(account_id=account_id)
    if waiting.filter(state=Access.State.ASKED).exists() or waiting.open().exists():  # type: ignore[attr-defined]
        raise Conflict(_("You have asked already, or have an open access."))
    found = Access(id=id, account_id=account_id, operator=operator[:254], reason=words)
    found.save(force_insert=True)
    record("access.asked", by=visitor(found), record=_About(found), reason=words)
    tell.later(by=None, access_id=str(found.id))
    return found


@background("access.tell", title=_("Letter about an operator's access"))
def tell(job: Running, *, access_id: str) -> None:
    """One letter to each administrator, in their language."""
    found = Access.objects.filter(id=UUID(access_id)).first()
    if found is None:
        return
    tenant = context.tenant()
    address = f"{settings.TEREM_SCHEME}://{tenant.host}{settings.TEREM_PORT_SUFFIX}/settings/access/"
    values = {
        "workspace": tenant.name,
        "operator": found.operator,
        "reason": found.reason,
        "address": address,
    }
    done = int(job.checkpoint.get("done", 0))
    people = list(administrators().order_by("id"))
    for place, member in enumerate(people[done:], start=done + 1):
        mail.send(
            to=[member.email],
            template="access/mail/asked",
            language=member.language,
            values=values,
            counted=False,
        )
        job.step(place, total=len(people), checkpoint={"done": place})


def _locked(id: UUID, *states: str) -> Access:
    found: Access | None = Access.objects.select_for_update().filter(id=id).first()
    if found is None:
        raise NotFound
    if found.state not in states:
        raise Conflict(_("This request was answered already."))
    return found


@action(GRANT)
def grant(*, by: Actor, id: UUID, hours: int, may_change: bool = False) -> Access:
    """Let the operator in for some hours. Raises ``Invalid`` for other hours than those offered."""
    if hours not in HOURS:
        raise Invalid(_("Choose one of the offered times."), field="hours")
    found = _locked(id, Access.State.ASKED)
    found.state, found.may_change = Access.State.GRANTED, may_change
    found.answered_at, found.answered_by = now(), _name(by)
    found.until = found.answered_at + timedelta(hours=hours)
    found.save()
    _make_author(found)
    verb = "access.granted_with_changes" if may_change else "access.granted"
    record(verb, by=by, record=_About(found), hours=hours)
    return found


def _name(by: Actor) -> str:
    return str(getattr(by, "name", "") or "")[:200]


def _make_author(found: Access) -> None:
    """Whoever acts or asks here is a member to all tables: an inactive one, whom nobody can be signed in as."""
    role: Any = Role.objects.order_by("system", "-position").first()
    author = visitor(found)
    author.role, author.active, author.left_at = role, False, now()
    author.name = f"{author.name[:100]} (operator)"
    author.save(force_insert=True)


@action(GRANT)
def refuse(*, by: Actor, id: UUID) -> Access:
    """Say no."""
    found = _locked(id, Access.State.ASKED)
    found.state, found.answered_at, found.answered_by = Access.State.REFUSED, now(), _name(by)
    found.save()
    record("access.refused", by=by, record=_About(found))
    return found


@action(GRANT)
def end(*, by: Actor, id: UUID) -> Access:
    """End an access at once: the operator's next request is a stranger's."""
    found = _locked(id, Access.State.GRANTED)
    found.state, found.ended_at, found.ended_by = Access.State.ENDED, now(), _name(by)
    found.save()
    Visit.objects.filter(access=found).delete()
    record("access.ended", by=by, record=_About(found))
    return found


@action()
def enter(*, id: UUID, account_id: int, agent: str, network: str) -> str:
    """The operator comes in; returns the key of the visit's cookie. Raises ``NotFound`` unless the access is open."""
    found: Access | None = Access.objects.open().filter(id=id, account_id=account_id).first()
    if found is None:
        raise NotFound
    key = PREFIX + secrets.token_urlsafe(32)
    Visit(digest=digest(key), access=found, agent=agent[:300], network=network[:64]).save(force_insert=True)
    record("access.entered", by=visitor(found), record=_About(found), agent=agent[:300], network=network[:64])
    return key


@action()
def leave(*, by: Member, id: UUID) -> None:
    """The operator leaves; the access stays open until its end."""
    visit = Visit.objects.filter(id=id).select_related("access").first()
    if visit is not None:
        visit.delete()
        record("access.left", by=by, record=_About(visit.access))


@action()
def note_view(*, by: Member, visit: Any, method: str, path: str) -> None:
    """Write down a page that the operator is about to see: no note, no page."""
    record("access.viewed", by=by, record=_About(visit.access), path=path[:300], method=method)
