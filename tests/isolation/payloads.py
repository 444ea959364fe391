"""What routes need that no form of theirs tells: the payload of their positive case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from tests.isolation.world import World

Payload = Callable[[World], dict[str, Any]]


def _named(**fields: Any) -> Payload:
    """The same fields whatever the world; ``$name`` stands for one of its things."""

    def make(world: World) -> dict[str, Any]:
        return {
            name: str(world.things[value[1:]]) if isinstance(value, str) and value.startswith("$") else value
            for name, value in fields.items()
        }

    return make


def _archive(world: World) -> SimpleUploadedFile:
    """The world's own archive; within the test's transaction the workspace is made one that may take it."""
    from crm_core.exports.queries import export
    from crm_core.records.models import Card, ChangeSet
    from kernel import storage
    from kernel.rows import empty_out

    text = storage.open_file(export(world.things["settings/export/"]).stored).read()
    assert connections["tenant"].in_atomic_block, "this would empty the world for good"
    for model in (Card, ChangeSet):
        empty_out(model)
    return SimpleUploadedFile("archive.zip", text)


PAYLOADS: dict[str, Payload] = {
    "tasks/quick/": _named(words="call tomorrow 10:00", text="call tomorrow 10:00", title="call"),
    "people/new/": _named(first_name="New", last_name="Person"),
    "companies/new/": _named(name="A new company"),
    "people/<uuid:id>/employments/": _named(company="$companies/second", role="Buyer"),
    "lists/<slug:table>/changes/<slug:name>/": lambda world: {
        "asked": "",
        "ids": str(world.things["companies/"]),
        "owner_id": str(world.company.owner_id),
        "owner": str(world.company.owner_id),
    },
    "records/<uuid:id>/restoration/": _named(),
    "settings/export/arrival/": lambda world: {"file": _archive(world)},
    "settings/address/": _named(domain="one-more.customer.example"),
    "settings/access/<uuid:id>/granting/": _named(hours="1", way=""),
    "imports/new/": lambda world: {"file": SimpleUploadedFile("new.csv", b"Name,City\nNew,Riga\n")},
    "imports/<uuid:id>/rows/<int:number>/": _named(out="yes"),
    "records/<uuid:id>/tags/": _named(name="word"),
    "settings/headings/<uuid:id>/values/": _named(name="One more value"),
    "deals/<uuid:id>/moving/": _named(lane="$lists/#key"),
    "settings/pipelines/order/": _named(id="$settings/pipelines/", up="$settings/pipelines/"),
    "settings/pipelines/<uuid:id>/order/": _named(id="$settings/stages/", up="$settings/stages/"),
    "settings/roles/<uuid:id>/removal/": lambda world: {"move_to": str(world.company.owner.role_id)},
    "questions/verdict/": _named(light="yes"),
    "tours/<slug:name>/turning/": _named(step="1"),
    "settings/growth/parts/<str:name>/": _named(on="no"),
    "settings/workspace/rules/": _named(idle_minutes="30"),
    "settings/backups/order/": _named(verb="take", reason="To be sure."),
    "settings/backups/closing/": lambda world: {
        "reason": "We part.",
        "name": world.company.tenant.name,
    },
    "settings/backups/<uuid:copy>/record/": _named(address="$companies/"),
    "settings/trash/<uuid:id>/removal/": lambda world: {"name": f"Trashed {world.marker}"},
}


def _undo_of_view(world: World) -> dict[str, Any]:
    from crm_core.lists.views.keeping import UNDO
    from kernel import signing

    return {"before": signing.sign(UNDO, [str(world.things["views/"]), {}])}


QUERIES: dict[str, Payload] = {
    "lists/<slug:table>/lanes/<slug:board>/<str:key>/": lambda world: {
        "asked": f"pipeline={world.things['lists/pipeline']}"
    },
    "views/<uuid:id>/undoing/": _undo_of_view,
}


def query_of(pattern: str, world: World) -> str:
    """The query string that a route needs, with its question mark; empty for most."""
    made = QUERIES.get(pattern)
    return f"?{urlencode(made(world))}" if made else ""
