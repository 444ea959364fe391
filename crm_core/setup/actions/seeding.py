"""Furnishing a fresh workspace: roles, the owner, a pipeline, reasons, headings, tags and default views."""

from __future__ import annotations

import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, TypedDict

from django.utils import translation

from crm_core.clients.models import Heading, HeadingValue
from crm_core.events.actions import record
from crm_core.lists.actions import default_views, ensure_default_views
from crm_core.lists.queries.registry import TABLES
from crm_core.records.models import Tag
from crm_core.sales.models import Outcome, Pipeline, Reason, Stage
from crm_core.team.actions.members import report_members
from crm_core.team.models import Member, Role
from kernel import context
from kernel.actions import action
from kernel.locks import hold
from kernel.models import TenantModel
from kernel.rights import PLATFORM, RIGHTS
from kernel.stencil import Stencil

DATA = Path(__file__).parents[1] / "data"
LANGUAGES = ("en", "ru")
LINES = ("general",)


class Owner(TypedDict):
    """Who opens the workspace: the account in the control plane (none for somebody invented), and how colleagues see them."""

    account_id: int | None
    name: str
    email: str


@action()
def seed(*, language: str, owner: Owner, line: str = "general") -> Member:
    """Furnish the workspace in a language and line of business; returns the owner's member.

    One transaction: it is all there or nothing is, and calling it again only adds what is missing.
    An unknown language is taken for English, an unknown line of business for the general one.
    """
    hold("setup.seed")
    language = language if language in LANGUAGES else "en"
    line = line if line in LINES else "general"
    with translation.override(language):
        administrator = Role.objects.filter(system=True).values_list("id", flat=True).first()
        # Without roles there is nothing at all yet: whatever is there was written together with them.
        fresh = administrator is None
        if fresh:
            keys = _everything(line, language, len(RIGHTS), len(TABLES)).write()
            administrator = keys[_administrator(read(line, language))]
        member = _owner(administrator, owner, language, fresh=fresh)
        if not fresh and not Pipeline.objects.exists():
            Stencil(_furniture(read(line, language))).write()
            fresh = True
        if fresh:
            record("setup.seeded", by=PLATFORM, language=language, line=line)
        else:
            ensure_default_views()
    return member


@cache
def _everything(line: str, language: str, _rights: int, _tables: int) -> Stencil:
    """All that a new workspace begins with, worded once per process. Rights and tables are only ever added."""
    texts = read(line, language)
    return Stencil([*_roles(texts), *_furniture(texts), *default_views()])


def read(line: str, language: str) -> Any:
    """The texts of a seed."""
    return read_json(DATA / f"{line}.{language}.json")


@cache
def read_json(path: Path) -> Any:
    """A file of this room's data, read from disk once per process; it must not be changed."""
    return json.loads(path.read_text("utf-8"))


def rights_of(patterns: Iterable[str]) -> list[str]:
    """The declared rights that a role's patterns name; a pattern with ``!`` takes rights away again."""
    chosen: set[str] = set()
    for pattern in patterns:
        named = {name for name in RIGHTS if fnmatchcase(name, pattern.removeprefix("!"))}
        chosen = chosen - named if pattern.startswith("!") else chosen | named
    return sorted(chosen)


def _roles(texts: Any) -> list[Role]:
    return [
        Role(
            name=role["name"],
            rights=rights_of(role["rights"]),
            visibility=role["visibility"],
            system=role.get("system", False),
            position=position,
        )
        for position, role in enumerate(texts["roles"])
    ]


def _administrator(texts: Any) -> int:
    """The place of the role that may do everything."""
    return next(place for place, role in enumerate(texts["roles"]) if role.get("system"))


def _owner(role_id: Any, owner: Owner, language: str, *, fresh: bool) -> Member:
    known = (
        {"account_id": owner["account_id"]} if owner["account_id"] is not None else {"email": owner["email"]}
    )
    member = None if fresh else Member.objects.filter(**known).first()
    if member is None:
        member = Member(
            account_id=owner["account_id"],
            name=owner["name"],
            email=owner["email"],
            role_id=role_id,
            language=language,
            zone=context.tenant().zone,
        )
        member.save(force_insert=True)
        # The registry knows from the first minute how many seats are taken; of a first one nobody else need hear.
        report_members(first=fresh)
    return member


def _furniture(texts: Any) -> list[TenantModel]:
    """Pipeline, reasons, headings and tags."""
    tags = [Tag(name=name, hue=hue) for name, hue in texts["tags"]]
    return [*_sales(texts), *_headings(texts), *tags]


def _sales(texts: Any) -> list[TenantModel]:
    pipeline = Pipeline(name=texts["pipeline"]["name"])
    stages = (
        Stage(pipeline=pipeline, position=position, **{"kind": Outcome.OPEN, **stage})
        for position, stage in enumerate(texts["pipeline"]["stages"])
    )
    reasons = (
        Reason(kind=kind, name=name, position=position)
        for kind, names in texts["reasons"].items()
        for position, name in enumerate(names)
    )
    return [pipeline, *stages, *reasons]


def _headings(texts: Any) -> list[TenantModel]:
    headings: list[TenantModel] = []
    values: list[TenantModel] = []
    for kind, rows in texts["headings"].items():
        for position, row in enumerate(rows):
            heading = Heading(kind=kind, slot=row["slot"], name=row["name"], position=position)
            headings.append(heading)
            for place, (name, hue) in enumerate(row["values"]):
                values.append(HeadingValue(heading=heading, name=name, hue=hue, position=place))
    return [*headings, *values]
