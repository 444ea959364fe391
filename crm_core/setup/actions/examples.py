"""The example beside this company: opened, filled in the background, made anew, removed. The company's data stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.setup.actions.growing import GROW
from crm_core.setup.actions.telling import furnish_example, tell_some
from crm_core.setup.queries import examples, packs, stories
from crm_core.team.models import Member
from kernel import context
from kernel.actions import action
from kernel.errors import Invalid, NotFound
from kernel.jobs import Running, background
from kernel.jobs.models import Job
from tenants import api as tenants

PAGE = "/settings/example/"


@action(GROW)
def open_example(*, by: Member, line: str) -> Job:
    """Open the example of a line of business; one that was there gives way. Returns the work that fills it.

    Raises ``NotFound`` for a line without an example, ``Invalid`` inside a copy or an example.
    """
    if line not in stories.lines():
        raise NotFound
    name = packs.pack(line, packs.language()).name
    company = stories.company_name(line, packs.language())
    record("setup.example_opened", by=by, line=line, name=name)
    # The registry is another database: what it refuses is undone here too.
    found = tenants.open_example(tenant_id=_company(), name=company)
    return fill_example.later(
        by=by,
        key=examples.key_of(found.id),
        title=company,
        link=PAGE,
        example_id=str(found.id),
        line=line,
    )


@action(GROW)
def remove_example(*, by: Member) -> bool:
    """Remove the example with everything that was done in it; returns whether there was one."""
    removed = tenants.remove_example(tenant_id=_company())
    if removed:
        record("setup.example_removed", by=by)
    return removed


def _company() -> UUID:
    tenant = context.tenant()
    if tenant.quiet:
        raise Invalid(
            _("This is itself a copy or an example: examples are opened in the company’s workspace.")
        )
    return tenant.id


@background("setup.fill_example", title=_("Filling the example"))
def fill_example(job: Running, *, example_id: str, line: str) -> dict[str, Any]:
    """Tell the example's year, a batch at a time; it goes on where a former worker left off.

    One that was removed or replaced meanwhile is left alone.
    """
    example = _standing(example_id)
    if example is None:
        return {}
    with tenants.inside(example, cause="page"):
        found = furnish_example(line=line)
    job.step(found.done, total=found.total)
    while found.done < found.total:
        if _standing(example_id) is None:
            return {}
        with tenants.inside(example, cause="page"):
            found = tell_some()
        job.step(found.done, total=found.total)
    return {"steps": found.total}


def _standing(example_id: str) -> Any:
    found = tenants.example_of(context.tenant().id)
    return found if found is not None and str(found.id) == example_id else None
