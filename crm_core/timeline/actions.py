"""The right to the whole history, taking it out as a file, great exports, and what operators did from outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.events.models import Event
from crm_core.team.models import Member
from crm_core.team.queries import administrators
from crm_core.timeline.models import MassExport
from crm_core.timeline.queries.history import Wanted, facts
from crm_core.timeline.queries.sheet import history_csv
from kernel import context, mail
from kernel.actions import action
from kernel.jobs import Running, background
from kernel.rights import declare
from tenants import api as tenants

AUDIT = declare("timeline.audit", _("See the history of the whole workspace"), _("Workspace"), reads=True)

# From so many rows on an export is told to the administrators.
MASS = 500


def watch_export(event: Event, *, rows: int, everything: bool = False) -> None:
    """Tell the administrators of an export if it is a great one; call it in the transaction of its fact."""
    if rows < MASS and not everything:
        return
    found = MassExport(event_id=event.id, what=event.verb, actor_label=event.actor_label, rows=rows)
    found.save(force_insert=True)
    tell.later(by=None, export_id=str(found.id))


@background("timeline.tell_mass_export", title=_("Letter about a great export"))
def tell(job: Running, *, export_id: str) -> None:
    """One letter to each administrator, in their language."""
    found = MassExport.objects.filter(id=UUID(export_id)).first()
    if found is None:
        return
    tenant = context.tenant()
    address = (
        f"{settings.TEREM_SCHEME}://{tenant.host}{settings.TEREM_PORT_SUFFIX}/settings/history/?what=exports"
    )
    values = {"workspace": tenant.name, "export": found, "address": address}
    done = int(job.checkpoint.get("done", 0))
    people = list(administrators().order_by("id"))
    for place, member in enumerate(people[done:], start=done + 1):
        mail.send(
            to=[member.email],
            template="timeline/mail/export",
            language=member.language,
            values=values,
            counted=False,
        )
        job.step(place, total=len(people), checkpoint={"done": place})


@action(AUDIT)
def export_history(*, by: Member, wanted: Wanted) -> Iterator[bytes]:
    """The history as a file, as it is filtered; the taking is itself a fact. Pieces are read as they are taken."""
    rows = facts(wanted).count()
    event = record("timeline.exported", by=by, rows=rows, filter=wanted.said())
    watch_export(event, rows=rows)
    return history_csv(by, wanted)


def told(member: Any) -> bool:
    """Whether great exports are this member's to know."""
    return bool(member.may(AUDIT))


@action()
def note_operator(*, act: Any) -> None:
    """Write an operator's act into the stream of the tenant in the context."""
    record(f"operator.{act.verb}", by=None, reason=act.reason, operator=act.account_label)


def hear(tenant: tenants.Tenant, act: tenants.OperatorAct) -> None:
    """Take an act that was committed in the registry into the tenant's own stream of facts."""
    with tenants.inside(tenant, cause="operator"):
        note_operator(act=act)
