"""The signing key is changed with two keys for a while: nothing that was promised depends on the former one afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from kernel import context, signing
from kernel.when import now
from tenants import leaving, reserved
from tenants.backups.models import AddressKey, Departure, Tombstone
from tenants.models import Tenant

NEW = "another key that is long enough for this purpose"
THIRD = "a third key that is long enough for this purpose"
HOST = "harbour-house.terem.test"


@pytest.fixture
def registry(tenant: Any) -> Iterator[Any]:
    """The control plane, rolled back afterwards, outside any company's context."""
    with context.enter(context.Context(cause="command")), transaction.atomic(using="default"):
        AddressKey.objects.all().delete()
        Tombstone.objects.all().delete()
        yield tenant
        transaction.set_rollback(True, using="default")


def change_key(settings: Any, key: str) -> None:
    """Two keys at once, everything sealed anew, then the former one is gone."""
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = key
    call_command("reseal", stdout=StringIO())
    settings.SECRET_KEY_FALLBACKS = []


def test_an_address_stays_reserved(registry: Any, settings: Any) -> None:
    Tombstone.objects.create(digest=reserved.digest_of(HOST))
    for key in (NEW, THIRD):
        change_key(settings, key)
        assert reserved.is_kept(HOST)
        assert not reserved.is_kept("other.terem.test")
    assert AddressKey.objects.count() == 1
    assert reserved.reseal() == 0, "what is sealed anew is left alone"


def test_an_address_reserved_by_an_earlier_release_does_too(registry: Any, settings: Any) -> None:
    """Before there was a key of our own the signing key made the digest."""
    digest = hashlib.sha256(f"{settings.SECRET_KEY}:{HOST}".encode()).hexdigest()
    Tombstone.objects.create(digest=digest, closed_at=now() - timedelta(days=30))
    assert reserved.is_kept(HOST)
    Tombstone.objects.create(digest=reserved.digest_of("newer.terem.test"))
    for key in (NEW, THIRD):
        change_key(settings, key)
        assert reserved.is_kept(HOST)
        assert reserved.is_kept("newer.terem.test")
    assert not any(NEW in row.sealed or HOST in row.sealed for row in AddressKey.objects.all())


def test_while_both_keys_are_there_nothing_is_missing(registry: Any, settings: Any) -> None:
    Tombstone.objects.create(digest=reserved.digest_of(HOST))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], NEW
    assert reserved.is_kept(HOST)


def test_a_certificate_stays_genuine(registry: Any, settings: Any) -> None:
    found = Departure.objects.create(
        tenant=Tenant.objects.get(id=registry.id), asked_by="x", erase_at=now(), erased_at=now()
    )
    found.certificate = leaving.certify(found, [{"store": "files", "erased": "all"}])
    found.save()
    handed_out = dict(found.certificate)
    for key in (NEW, THIRD):
        change_key(settings, key)
        assert leaving.verify(handed_out), "the paper that the company holds has the former signature"
        assert not leaving.verify({**handed_out, "erased_at": "2020-01-01"})
        assert not leaving.verify({**handed_out, "workspace": "elsewhere"})
    found.refresh_from_db()
    assert leaving.verify(found.certificate)
    assert found.certificate["signature"] != handed_out["signature"]


def test_a_key_that_was_lost_signs_nothing_afterwards(registry: Any, settings: Any) -> None:
    """Whoever has the former key cannot write certificates once it is taken away."""
    former = settings.SECRET_KEY
    change_key(settings, NEW)
    settings.SECRET_KEY, present = former, settings.SECRET_KEY
    values = {"workspace": str(registry.id), "erased_at": "2026-01-01"}
    forged = {**values, "signature": signing.sign("certificate", leaving._digest(values))}
    settings.SECRET_KEY = present
    assert not leaving.verify(forged)
