"""Every declared background work, asked in one company for another's ids: nothing of the other is read or changed."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import config.urls_workspace
from kernel.ids import uuid7
from kernel.jobs import BACKGROUND, Running
from kernel.jobs.models import Job
from tenants import api
from tests.isolation.test_crawl import digest
from tests.isolation.world import World

assert config.urls_workspace, "loads every app's views and with them every declaration"
NAMES = sorted(name for name in BACKGROUND if not name.startswith("tests."))

# Argument of a background function → the thing of the world that it names.
THINGS = {
    "import_id": "imports/",
    "access_id": "settings/access/",
    "export_id": "settings/export/",
    "copy_id": "settings/backups/",
    "card_id": "companies/",
    "activity_id": "activities/",
    "change_set_id": "changes/",
    "id": "changes/",
    "ids": "companies/",
    "invitation_id": "settings/invitations/",
}


def arguments(name: str, world: World) -> dict[str, Any]:
    """The function's arguments, filled with the world's ids; what is not an id gets a plain value."""
    given: dict[str, Any] = {}
    for parameter in list(inspect.signature(BACKGROUND[name].function).parameters.values())[1:]:
        thing = world.things.get(THINGS.get(parameter.name, ""))
        if thing is not None:
            given[parameter.name] = [str(thing)] if parameter.name == "ids" else str(thing)
        elif parameter.default is inspect.Parameter.empty:
            kind = str(parameter.annotation)
            given[parameter.name] = (
                [] if "list" in kind else {} if "dict" in kind else str(world.things["companies/"])
            )
    return given


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", NAMES)
def test_work_with_another_companys_ids(name: str, worlds: tuple[World, World]) -> None:
    owner, stranger = worlds
    before = digest(owner)
    with api.inside(stranger.company.tenant, cause="job"):
        run = uuid7()
        job = Job(name=name, run=run, actor=stranger.company.owner_id, state=Job.State.RUNNING)
        job.save()
        running = Running(job.id, run, stranger.company.owner_id, {})
        try:
            told = BACKGROUND[name].function(running, **arguments(name, owner))
        except Exception as error:
            told = repr(error)
    assert owner.marker not in str(told)
    assert digest(owner) == before


def test_some_work_is_declared() -> None:
    assert NAMES, "no background work was found: the apps' actions were not loaded"
