"""Tags that a file gives to its records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from crm_core.imports.queries.planning import Planned
from crm_core.records.actions import create_tag, tag
from crm_core.records.models import Tag, Tagging
from crm_core.team.models import Member
from kernel.text import clean


def put_tags(by: Member, planned: Sequence[Planned]) -> None:
    """Tag the records of a batch. Words that are no tags yet become some, if the role may make tags."""
    fresh: dict[str, set[UUID]] = defaultdict(set)
    known: dict[str, set[UUID]] = defaultdict(set)
    words: dict[str, str] = {}
    for plan in planned:
        for part in plan.parts:
            for word in plan.draft.tags.get(part.kind, ()):
                name = clean(word).lstrip("#").strip()
                if name:
                    words.setdefault(name.upper(), name)
                    (fresh if part.fresh else known)[name.upper()].add(part.id)
    if not words:
        return
    tags = {found.name.upper(): found for found in Tag.objects.all()}
    for key, name in words.items():
        if key not in tags and by.may("records.set_up"):
            tags[key] = create_tag(by=by, name=name)
    rows = [
        Tagging(card_id=one, tag=tags[key])
        for key, ids in fresh.items()
        if key in tags
        for one in sorted(ids)
    ]
    Tagging.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    for key, ids in known.items():
        if key in tags:
            tag(by=by, ids=sorted(ids), name=tags[key].name)
