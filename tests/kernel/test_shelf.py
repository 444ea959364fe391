"""The cache while Redis is away: it goes on in memory, holds limits and codes, and forgets them afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from django.core.cache.backends.redis import RedisCacheClient

from deploy.local import places
from kernel import context, shelf
from kernel.shelf import Shelf


def made(port: int) -> Shelf:
    options = {"socket_connect_timeout": 1, "socket_timeout": 2}
    found = Shelf(
        f"redis://127.0.0.1:{port}/0", {"KEY_FUNCTION": "kernel.cache.make_key", "OPTIONS": options}
    )
    assert found._class is RedisCacheClient
    return found


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    monkeypatch.setattr(shelf, "REST_SECONDS", 600.0)
    with context.enter(context.Context(cause="command")):
        found = made(places.free_port())
        yield found
        found._memory.clear()
        shelf._resting_until[0] = 0.0


def test_what_is_put_there_is_found_again(away: Shelf) -> None:
    away.set("greeting", "hello", 60)
    assert away.get("greeting") == "hello"
    assert away.get_many(["greeting", "other"]) == {"greeting": "hello"}
    assert away.has_key("greeting")
    away.delete("greeting")
    assert away.get("greeting", "gone") == "gone"


def test_a_code_is_used_once(away: Shelf) -> None:
    assert away.add("code:123456", 1, 60)
    assert not away.add("code:123456", 1, 60)


def test_redis_is_not_asked_every_time(away: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    for _round in range(200):
        away.get("anything")
    said = [record for record in caplog.records if "this process' memory" in record.message]
    assert len(said) == 1, "each try that fails is told of"
    assert shelf._resting_until[0] > time.monotonic()


def test_two_tenants_meet_in_memory_no_more_than_in_redis(away: Shelf) -> None:
    away.set("mine", 1, 60)
    assert all(key.startswith(":control") or "control" in key for key in away._memory._cache)
