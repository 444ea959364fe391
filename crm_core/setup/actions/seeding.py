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
from crm_core.lists.actions import ensure_default_views
from crm_core.records.models import Tag
from crm_core.sales.models import Outcome, Pipeline, Reason, Stage
from crm_core.team.models import Member, Role
from kernel import context
from kernel.actions import action
from kernel.locks import hold
from kernel.rights import PLATFORM, RIGHTS

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
    texts = read(line if line in LINES else "general", language)
    with translation.override(language):
        member = _people(texts, owner, language)
        if not Pipeline.objects.exists():
            _sales(texts)
            _headings(texts)
            Tag.objects.bulk_create([Tag(name=name, hue=hue) for name, hue in texts["tags"]])
            record("setup.seeded", by=PLATFORM, language=language, line=line)
        ensure_default_views()
    return member


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


def _people(texts: Any, owner: Owner, language: str) -> Member:
    roles = list(Role.objects.all())
    if not roles:
        roles = Role.objects.bulk_create(
            Role(
                name=role["name"],
                rights=rights_of(role["rights"]),
                visibility=role["visibility"],
                system=role.get("system", False),
                position=position,
            )
            for position, role in enumerate(texts["roles"])
        )
    administrator = next(role for role in roles if role.system)
    known = (
        {"account_id": owner["account_id"]} if owner["account_id"] is not None else {"email": owner["email"]}
    )
    member = Member.objects.filter(**known).first()
    if member is None:
        member = Member(
            account_id=owner["account_id"],
            name=owner["name"],
            email=owner["email"],
            role=administrator,
            language=language,
            zone=context.tenant().zone,
        )
        member.save(force_insert=True)
    return member


def _sales(texts: Any) -> None:
    pipeline = Pipeline(name=texts["pipeline"]["name"])
    pipeline.save(force_insert=True)
    Stage.objects.bulk_create(
        Stage(pipeline=pipeline, position=position, **{"kind": Outcome.OPEN, **stage})
        for position, stage in enumerate(texts["pipeline"]["stages"])
    )
    Reason.objects.bulk_create(
        Reason(kind=kind, name=name, position=position)
        for kind, names in texts["reasons"].items()
        for position, name in enumerate(names)
    )


def _headings(texts: Any) -> None:
    headings: list[Heading] = []
    values: list[HeadingValue] = []
    for kind, rows in texts["headings"].items():
        for position, row in enumerate(rows):
            heading = Heading(kind=kind, slot=row["slot"], name=row["name"], position=position)
            headings.append(heading)
            for place, (name, hue) in enumerate(row["values"]):
                values.append(HeadingValue(heading=heading, name=name, hue=hue, position=place))
    Heading.objects.bulk_create(headings)
    HeadingValue.objects.bulk_create(values)
