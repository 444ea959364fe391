"""A bucket whose server or writer dies, or that refuses us: nothing half is ever taken for whole, nothing stays."""

from __future__ import annotations

import io
import os
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from kernel import storage
from kernel.errors import NotFound, Unavailable
from kernel.ids import uuid7
from kernel.when import now
from tenants import api, leaving
from tenants.backups import bucket, nightly, orders, restoring, sending, store, taking
from tenants.backups.models import Departure, Order, Snapshot, TenantKey
from tenants.models import Tenant
from tests.support.buckets import Server
from tests.support.tenants import Company

PART = 5 << 20


@pytest.fixture(autouse=True)
def kept(dying: Server, settings: Any, monkeypatch: pytest.MonkeyPatch) -> bucket.Bucket:
    """A bucket on a server of this test's own, small parts, few tries."""
    monkeypatch.setattr(bucket, "PART_BYTES", PART)
    monkeypatch.setattr(bucket, "ATTEMPTS", 2)
    settings.TEREM_S3 = dying.site()
    found = store.present()
    assert isinstance(found, bucket.Bucket)
    return found


@pytest.fixture
def dying(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path).running() as server:
        yield server


@pytest.fixture
def large(filled: Company) -> Company:
    """A company whose snapshot takes several parts."""
    with api.inside(filled.tenant):
        storage.save("kept/large.bin", io.BytesIO(os.urandom(3 * PART)))
    return filled


def cut(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    """The server dies when it has taken the first part of an upload."""
    true = sending.Upload._part

    def part(self: Any, number: int, body: bytes) -> tuple[int, str]:
        found = true(self, number, body)
        server.kill()
        return found

    monkeypatch.setattr(sending.Upload, "_part", part)


def test_the_server_dies_in_the_middle_of_an_upload(large: Company, dying: Server) -> None:
    order = orders.ask(
        tenant_id=large.tenant.id, verb="take", by="olga@operators.example", reason="Nightfall."
    )
    with pytest.MonkeyPatch.context() as patch:
        cut(patch, dying)
        assert orders.work() == 0
    failed = Snapshot.objects.get(tenant=large.tenant)
    assert failed.state == "failed"
    with pytest.raises(NotFound):
        restoring.snapshot_of(large.tenant.id)
    order.refresh_from_db()
    assert (order.state, order.tries) == ("waiting", 1)
    assert order.error == "The store of the backups does not answer."
    assert orders.work() == 0, "it waits before it is tried again"
    dying.start()
    Order.objects.filter(id=order.id).update(started_at=now() - timedelta(minutes=2))
    assert orders.work() == 1
    good = restoring.snapshot_of(large.tenant.id)
    restoring.check(good)
    company = large.tenant.id.hex
    assert dying.objects() == [
        f"terem/{company}/{good.id.hex}.{part}" for part in (store.DATA, store.MANIFEST)
    ]
    assert store.present().halves() == []


def test_a_store_that_stays_silent_ends_the_order_visibly(large: Company, dying: Server) -> None:
    order = orders.ask(
        tenant_id=large.tenant.id, verb="take", by="olga@operators.example", reason="Nightfall."
    )
    dying.kill()
    for _try in range(3):
        Order.objects.filter(id=order.id).update(started_at=None)
        orders.work()
    order.refresh_from_db()
    assert (order.state, order.tries) == ("failed", 3)


def test_the_night_waits_for_the_store(large: Company, dying: Server) -> None:
    others = Tenant.objects.exclude(id=large.tenant.id)
    known = dict(others.values_list("id", "status"))
    others.update(status=Tenant.Status.OPENING)
    mine = large.tenant.id.int % nightly.SLICES
    try:
        dying.kill()
        assert nightly.take_due(mine) == 0
        assert not Snapshot.objects.filter(tenant=large.tenant).exists(), "nothing is begun for a dead store"
        dying.start()
        with pytest.MonkeyPatch.context() as patch:
            cut(patch, dying)
            assert nightly.take_due(mine) == 0
        dying.start()
        assert nightly.take_due(mine) == 0, "not at once"
        Snapshot.objects.filter(tenant=large.tenant).update(taken_at=now() - timedelta(minutes=31))
        assert nightly.take_due(mine + 1) == 1, "in whatever slice comes next"
    finally:
        for one, status in known.items():
            Tenant.objects.filter(id=one).update(status=status)


def test_a_writer_that_died_leaves_nothing_for_long(kept: bucket.Bucket, filled: Company) -> None:
    snapshot = Snapshot.objects.create(
        tenant_id=filled.tenant.id, kind="asked", release="x", expires_at=now() + timedelta(9)
    )
    dead = sending.Upload(
        kept.client, kept.site.bucket, kept._key(filled.tenant.id, snapshot.id, "data"), PART
    )
    dead.write(os.urandom(PART))
    assert [half.snapshot_id for half in kept.halves()] == [snapshot.id]
    assert kept.holds(filled.tenant.id)
    assert taking.clear_halves() == 0, "it may still be written"
    Snapshot.objects.filter(id=snapshot.id).update(taken_at=now() - timedelta(days=2))
    assert nightly.prune() >= 1
    assert kept.halves() == []
    with pytest.raises(Unavailable, match="removed meanwhile"), kept._worded():
        for _part in range(4):
            dead.write(os.urandom(PART))
        dead.finish()
    dead.abandon()
    assert not kept.holds(filled.tenant.id)


def test_a_reader_goes_on_where_the_connection_broke(kept: bucket.Bucket, dying: Server) -> None:
    tenant, snapshot, data = uuid4(), uuid7(), os.urandom(4 * PART)
    with kept.writing(tenant, snapshot, store.DATA) as target:
        target.write(data)
    with kept.open(tenant, snapshot, store.DATA) as source:
        begun = source.read(PART)
        dying.kill()
        dying.start()
        rest = source.read()
    assert begun + rest == data


def test_what_a_writer_holds_is_bounded(kept: bucket.Bucket) -> None:
    tenant, snapshot, piece = uuid4(), uuid7(), os.urandom(1 << 20)
    with kept.writing(tenant, snapshot, store.MANIFEST) as target:
        target.write(b"warm")
    tracemalloc.start()
    try:
        with kept.writing(tenant, snapshot, store.DATA) as target:
            for number in range(60):
                target.write(piece[number:] + piece[:number])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < (sending.AT_ONCE + 2) * PART + (4 << 20)
    with kept.open(tenant, snapshot, store.DATA) as source:
        assert len(source.read()) == 60 << 20


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"secret_key": "guessed"}, "does not accept the access key (SignatureDoesNotMatch)"),
        ({"key_id": "nobody"}, "does not accept the access key (InvalidAccessKeyId)"),
        ({"bucket": "another-bucket"}, "no bucket of this name (NoSuchBucket)"),
    ],
)
def test_a_store_that_refuses_says_why(
    dying: Server, wrong: dict[str, str], words: str, settings: Any
) -> None:
    settings.TEREM_S3 = dying.site(**wrong)
    with pytest.raises(store.Refused, match=words.replace("(", r"\(").replace(")", r"\)")) as caught:
        store.present().ask()
    assert not caught.value.temporary
    with pytest.raises(store.Refused), store.present().writing(uuid4(), uuid7(), store.DATA) as target:
        target.write(b"x")
    assert dying.objects() == []


def test_erasing_waits_for_the_store_and_leaves_nothing(
    large: Company, dying: Server, mailoutbox: list[Any]
) -> None:
    snapshot = taking.take(Tenant.objects.get(id=large.tenant.id), Snapshot.Kind.ASKED)
    leaving.start(tenant_id=large.tenant.id, by="anna@example.com", reason="We part.")
    Departure.objects.filter(tenant=large.tenant).update(erase_at=now() - timedelta(days=1))
    dying.kill()
    leaving.erase_due()
    found = Departure.objects.get(tenant=large.tenant)
    assert found.erased_at is None
    assert TenantKey.objects.filter(tenant=large.tenant).exists()
    dying.start()
    leaving.erase_due()
    found.refresh_from_db()
    assert found.erased_at is not None
    assert "the key is destroyed" in str(found.certificate)
    assert "Planted" in mailoutbox[-1].subject + mailoutbox[-1].body
    assert dying.objects() == []
    with pytest.raises(NotFound):
        restoring.check(snapshot)
