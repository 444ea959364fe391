"""The pages of the settings in groups: what belongs to me, to the workspace, to its lists and to its safety."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import pgettext_lazy

from ui.shell import Place

# Words of a group and the URL names of its pages, in the order shown.
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (pgettext_lazy("group of settings", "Me"), ("team:profile", "team:sessions", "support")),
    (
        pgettext_lazy("group of settings", "Company"),
        ("team:policy", "team:address", "team:members", "team:roles", "team:teams", "billing:plan"),
    ),
    (
        pgettext_lazy("group of settings", "Clients and deals"),
        ("sales:pipelines", "clients:headings", "records:tags"),
    ),
    (
        pgettext_lazy("group of settings", "What Terem shows"),
        ("setup:stages", "setup:packs", "setup:example", "setup:adoption"),
    ),
    (
        pgettext_lazy("group of settings", "Data"),
        ("imports:list", "exports:list", "setup:backups", "records:trash", "home:jobs"),
    ),
    (
        pgettext_lazy("group of settings", "Safety"),
        ("timeline:audit", "timeline:operators", "access:list", "access:isolation"),
    ),
)
_OTHER = pgettext_lazy("group of settings", "Other")


def grouped(found: Iterable[Place]) -> list[Place]:
    """Places with the words of their group, group by group; what belongs to none comes last."""
    known = {place.name: place for place in found}
    ordered = [
        replace(known.pop(name), group=words) for words, names in GROUPS for name in names if name in known
    ]
    return ordered + [replace(place, group=_OTHER) for place in known.values()]
