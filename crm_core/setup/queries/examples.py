"""What pages show of the example beside this company: which line, how far it is filled, until when it stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from crm_core.setup.queries import packs, stories
from kernel import context
from kernel.jobs.models import Job
from tenants import api as tenants


@dataclass(frozen=True, slots=True)
class Line:
    """One line on the shelf: the pack's words and what its invented company is called."""

    key: str
    name: str
    text: str
    company: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The example that is there. ``job`` is the work that fills it, None where that was forgotten."""

    line: str
    company: str
    url: str
    until: Any
    job: Job | None

    @property
    def ready(self) -> bool:
        return self.job is None or self.job.state == Job.State.DONE


def key_of(example_id: UUID) -> str:
    """Under which key the work that fills an example is found."""
    return f"setup.example:{example_id}"


def shelf() -> list[Line]:
    """The lines that have an example, in the order of their packs."""
    tongue = packs.language()
    return [
        Line(one.key, one.name, one.text, stories.company_name(one.key, tongue))
        for one in packs.packs(tongue)
        if one.key in stories.lines()
    ]


def standing() -> Standing | None:
    """The example of this company, if there is one. Two queries."""
    tenant = context.tenant()
    found = None if tenant.quiet else tenants.example_of(tenant.id)
    if found is None:
        return None
    job = Job.objects.using("tenant").filter(key=key_of(found.id)).first()
    line = job.arguments["line"] if job is not None else ""
    host = f"{tenants.host_of(found.slug)}{settings.TEREM_PORT_SUFFIX}"
    return Standing(
        line=packs.pack(line, packs.language()).name if line in packs.pack_keys() else found.name,
        company=found.name,
        url=f"{settings.TEREM_SCHEME}://{host}/enter/",
        until=found.copy_until,
        job=job,
    )
