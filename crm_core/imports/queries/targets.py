"""What a column can become in this workspace: the standard fields, and the workspace's own headings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm_core.clients.models import Heading
from crm_core.imports.mapping import Target, standard_targets
from crm_core.records import registry
from crm_core.team.models import Member
from kernel.errors import worded

KINDS = ("company", "person", "deal")
HEADING = "heading:"
NEW_HEADING = "new"
# A file of deals names its companies, a file of people too; what else may stand in one row follows from that.
BESIDE = {
    "company": ("company", "person"),
    "person": ("person", "company"),
    "deal": ("deal", "company", "person"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of the select in the head of a column."""

    key: str
    label: Any


@dataclass(frozen=True, slots=True)
class Group:
    """The fields of one kind, under its name."""

    label: Any
    choices: tuple[Choice, ...]


def targets(kind: str = "") -> tuple[Target, ...]:
    """Every field that a file of this kind (or of any) can fill."""
    kinds = BESIDE.get(kind, KINDS)
    own = [
        Target(heading.kind, f"{HEADING}{heading.id}", heading.name, "choice")
        for heading in Heading.objects.filter(slot="", kind__in=kinds)
    ]
    return (*standard_targets(*kinds), *own)


def by_key(kind: str = "") -> dict[str, Target]:
    """Key → target, as a mapping stores them; a heading that is still to be made counts as one."""
    known = {target.key: target for target in targets(kind)}
    for name in ("company", "person"):
        fresh = Target(name, NEW_HEADING, _("New heading"), "choice")
        known[fresh.key] = fresh
    return known


def groups(member: Member, kind: str, headers: Iterable[str]) -> list[list[Group]]:
    """The select of each column: fields by kind, the main kind first; a new heading for who may make one."""
    known = targets(kind)
    kinds = BESIDE.get(kind, KINDS)
    plain = {name: tuple(Choice(one.key, one.label) for one in known if one.kind == name) for name in kinds}
    may_make = member.may("clients.set_up")
    found = []
    for header in headers:
        label = worded(_("New heading: %(name)s"), name=header[:60])
        found.append(
            [
                Group(
                    registry.kind(name).one,
                    (*plain[name], Choice(f"{name}.{NEW_HEADING}", label))
                    if may_make and name != "deal"
                    else plain[name],
                )
                for name in kinds
            ]
        )
    return found
