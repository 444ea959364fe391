"""A company with something in it, and its content as digests; every test here runs against both kinds of store."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kernel import context, storage
from tenants import api, schemas
from tenants.backups import reading, store
from tenants.backups.models import Snapshot
from tests.support.buckets import Server
from tests.support.tenants import Company


@pytest.fixture(autouse=True)
def command(database: None) -> Iterator[None]:
    with context.enter(context.Context(cause="command")):
        yield


@pytest.fixture(autouse=True)
def apart(database: None) -> Iterator[None]:
    """Snapshots of other tests lie in other stores: nobody finds them here, and what is made here nowhere later."""
    ready = list(Snapshot.objects.filter(state="ready").values_list("id", flat=True))
    known = list(Snapshot.objects.values_list("id", flat=True))
    Snapshot.objects.filter(id__in=ready).update(state="elsewhere")
    yield
    Snapshot.objects.exclude(id__in=known).delete()
    Snapshot.objects.filter(id__in=ready).update(state="ready")


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that speaks S3 and checks signatures, for all tests of this process."""
    with Server(tmp_path_factory.mktemp("s3")).running() as server:
        yield server


@pytest.fixture(autouse=True, params=["folder", "s3"])
def kept(request: pytest.FixtureRequest, settings: Any) -> store.Store:
    """The store of this test's backups."""
    if request.param == "s3":
        settings.TEREM_S3 = request.getfixturevalue("s3").site()
    return store.present()


def lying(snapshot: Snapshot, part: str) -> bytes:
    """A part of a snapshot as it lies in the store."""
    with store.present().open(snapshot.tenant_id, snapshot.id, part) as source:
        return source.read()


def lay(snapshot: Snapshot, part: str, data: bytes) -> None:
    """Put other bytes in a part's place."""
    with store.present().writing(snapshot.tenant_id, snapshot.id, part) as target:
        target.write(data)


@pytest.fixture
def filled(own_tenant: Callable[..., Company]) -> Company:
    """A company with clients, a note, a task and a file; every text holds ``Planted``."""
    company = own_tenant("Planted")
    with api.inside(company.tenant, cause="page", actor=company.owner_id):
        fill(company.owner)
    return company


def fill(by: Any, mark: str = "Planted", count: int = 5) -> list[Any]:
    """Companies with people, notes, tasks and files, by the actions that people use; their cards' ids."""
    from crm_core.activities.actions import plan
    from crm_core.clients import actions
    from crm_core.notes.actions import add_note

    ids = []
    for number in range(count):
        # Letters that COPY must write in another way.
        name = f"{mark} {number} tab\there \\ back, Ё"
        found = actions.create_company(by=by, values={"name": name, "description": f"{mark}\nline"})
        actions.create_person(
            by=by, values={"first_name": mark, "last_name": str(number)}, company_id=found.card_id
        )
        add_note(by=by, card_id=found.card_id, text=f"Note {mark} {number}")
        plan(by=by, title=f"Task {mark} {number}", card_id=found.card_id)
        storage.save(f"kept/{number}.bin", io.BytesIO(f"{mark} {number}".encode() * 5000))
        ids.append(found.card_id)
    return ids


def content(schema: str) -> dict[str, tuple[int, str]]:
    """Table → rows and digest, as the schema is now."""
    with schemas.owner() as connection:
        return reading.digests(connection, schema)
