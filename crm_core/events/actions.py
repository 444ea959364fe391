"""``record``: the only way a fact is written."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_core.events.models import Event
from kernel import context
from kernel.bulk import fresh
from kernel.rights import Actor


def build(
    verb: str,
    *,
    by: Actor | None,
    record: Any = None,
    client_id: UUID | None = None,
    changes: dict[str, list[Any]] | None = None,
    **values: Any,
) -> Event:
    """An unsaved event, for bulk work that writes its events by batch.

    ``record`` is a card or anything with ``id``, ``kind`` and ``label``.
    ``changes`` maps field → [before, after] in JSON terms. The card's version is noted
    among the values: concurrent edits of different fields are told apart by it.
    """
    found = context.current()
    version = getattr(record, "version", None)
    if version is not None:
        values["record_version"] = version
    return fresh(
        Event,
        verb=verb,
        record_kind=getattr(record, "kind", ""),
        record_id=getattr(record, "id", None),
        record_label=(getattr(record, "label", "") or "")[:300],
        client_id=client_id,
        actor_id=by.id if by else None,
        # Who signs otherwise than by the bare name is somebody from outside.
        actor_label=(getattr(by, "signature", "") or getattr(by, "name", "") or "")[:200],
        cause=found.cause,
        change_set=found.change_set,
        changes=changes or {},
        values=values,
    )


def record(verb: str, **told: Any) -> Event:
    """Write one fact in the present transaction; arguments as for :func:`build`."""
    event = build(verb, **told)
    event.save(force_insert=True)
    return event
