"""What a release leaves where the next one reads it is read, and what the next one adds is borne by this one.

During an update processes of two releases work side by side. They share sessions, the directory's entries,
background work that waits and what processes say of themselves. Store those of a new release, before its version is
published, with: STORE_FORMATS=1 ./terem test tests/upgrades/test_formats.py
"""

from __future__ import annotations

import inspect
import json
import os
import pickletools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils.http import int_to_base36

from kernel import cache, metrics, processes
from kernel.jobs.broker import app
from kernel.jobs.declaring import BACKGROUND
from kernel.line import line
from tenants import directory
from tests.identity.conftest import accounts, make  # noqa: F401
from tests.support.visitor import PUBLIC, Visitor, code_for
from tests.upgrades.test_smoke import VERSION

FOLDER = Path(__file__).parent / "formats"
STORED = sorted(FOLDER.glob("*.json"))
# The signing key of the release that stored them; here it is a former one.
KEY = "the signing key of the release that stored its formats"
# From here on an account's number looks different to every base.
TOLD_APART = 36
WAYS = {"sign in": "/account/code/", "forgotten": "/account/forgotten/code/"}

of_each = pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)


def told_by(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


@pytest.fixture
def entry(tenant: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The place of a company's entry in Redis and what this release puts there."""
    host = tenant.addresses.get(primary=True).host
    directory.forget(tenant)
    assert directory.by_host(host) is not None
    (place,) = line().scan_iter(match=f"*:directory[0-9]:host:{host}", count=1000)
    yield str(place), json.loads(str(line().get(place)))
    directory.forget(tenant)


def waiting(make: Callable[..., Any], way: str) -> tuple[Visitor, Any]:  # noqa: F811
    """Somebody who was sent a code and has to type it."""
    account, visitor = make(confirmed=way != "sign in"), Visitor()
    if way == "sign in":
        visitor.sign_in(account.email)
    else:
        visitor.fill("/account/forgotten/", email=account.email)
    return visitor, account


def kept(visitor: Visitor) -> dict[str, Any]:
    """What the visitor's session holds."""
    key = visitor.client(PUBLIC).cookies[site.SESSION_COOKIE_NAME].value
    found: dict[str, Any] = Session.objects.get(session_key=key).get_decoded()
    return found


def names_of(account: Any) -> dict[str, Any]:
    """What stands in a stored session for that of the account which has it."""
    return {
        "{account}": account.pk,
        "{account text}": str(account.pk),
        "{account in base 36}": int_to_base36(account.pk),
        "{email}": account.email,
    }


def replaced(value: Any, told: dict[Any, Any]) -> Any:
    """The same with each value that is a key of ``told`` replaced."""
    if isinstance(value, dict):
        return {name: replaced(one, told) for name, one in value.items()}
    if isinstance(value, list):
        return [replaced(one, told) for one in value]
    return told.get(value, value) if isinstance(value, str | int | float) else value


def parameters(name: str) -> dict[str, list[str]]:
    """What background work takes: what it must be given, and what it may be."""
    rows = list(inspect.signature(BACKGROUND[name].function).parameters.values())[1:]
    return {
        "must": [row.name for row in rows if row.default is row.empty],
        "may": [row.name for row in rows if row.default is not row.empty],
    }


def clock_tasks() -> list[str]:
    import config.schedule  # noqa: F401

    return sorted(name for name in app.tasks if name.startswith(("config.", "kernel.")))


@pytest.mark.skipif(not os.environ.get("STORE_FORMATS"), reason="STORE_FORMATS=1 stores them")
def test_store(entry: Any, make: Callable[..., Any], settings: Any) -> None:  # noqa: F811
    settings.SECRET_KEY = KEY
    sessions = {}
    while make().pk < TOLD_APART:
        pass
    for way in WAYS:
        visitor, account = waiting(make, way)
        names = {value: name for name, value in names_of(account).items()}
        sessions[way] = {"code": code_for(account.email), "holds": replaced(kept(visitor), names)}
    told = {
        "directory": entry[1],
        "jobs": {name: parameters(name) for name in sorted(BACKGROUND) if not name.startswith("tests.")},
        "process": {"kind": "web", "figures": processes.own()},
        "sessions": sessions,
        "tasks": clock_tasks(),
    }
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)
    (FOLDER / f"{VERSION}.json").write_text(text + "\n", "utf-8")


def test_formats_of_this_version_are_stored() -> None:
    assert FOLDER / f"{VERSION}.json" in STORED, "See the head of this file."


@of_each
def test_directory_of_a_release(path: Path, entry: tuple[str, dict[str, Any]]) -> None:
    place, own = entry
    who = ("id", "schema", "slug", "host", "version", "generation")
    former = told_by(path)["directory"] | {name: own[name] for name in who}
    directory.forget_names([("host", own["host"])])
    line().set(place, json.dumps(former))
    found = directory.by_host(own["host"])
    assert found is not None and found.name == former["name"]
    assert (found.lease.plan, found.lease.limits) == (former["lease"]["plan"], former["lease"]["limits"])


def test_directory_of_a_release_to_come(entry: tuple[str, dict[str, Any]]) -> None:
    """Fields that this release does not know are left alone, in an entry and in the lease that it holds."""
    place, own = entry
    own["lease"]["of_tomorrow"] = {"any": 1}
    directory.forget_names([("host", own["host"])])
    line().set(place, json.dumps(own | {"of_tomorrow": [1, 2]}))
    found = directory.by_host(own["host"])
    assert found is not None and found.lease.plan == own["lease"]["plan"]


@of_each
def test_work_asked_for_by_a_release_can_be_done(path: Path) -> None:
    """A job that waits was written by the former code: its name and arguments still have a function."""
    for name, told in told_by(path)["jobs"].items():
        assert name in BACKGROUND, (
            f"jobs {name} of {path.stem} have no function; keep one until none can wait"
        )
        signature = inspect.signature(BACKGROUND[name].function)
        for given in (told["must"], told["must"] + told["may"]):
            signature.bind(None, **dict.fromkeys(given))


@of_each
def test_messages_of_a_release_are_known(path: Path) -> None:
    """The former scheduler sends its tasks to workers of this release."""
    assert set(told_by(path)["tasks"]) <= set(clock_tasks())


@of_each
def test_process_of_a_release_is_counted(path: Path, database: None) -> None:
    former = told_by(path)["process"]
    place: str = metrics.key("processes")
    moment: Any = line().time()
    try:
        line().hset(place, "former:1", json.dumps(former | {"at": moment[0], "of_tomorrow": 1}))
        assert [one.kind for one in processes.living() if one.name == "former:1"] == [former["kind"]]
    finally:
        line().hdel(place, "former:1")


@of_each
@pytest.mark.parametrize("way", list(WAYS))
def test_session_of_a_release_goes_on(
    path: Path,
    way: str,
    make: Callable[..., Any],  # noqa: F811
    settings: Any,
) -> None:
    """A code that a process of the former release has sent can be typed into a page of this one."""
    visitor, account = waiting(make, way)
    told = told_by(path)["sessions"][way]
    holds = _timed(replaced(told["holds"], names_of(account)))
    key = visitor.client(PUBLIC).cookies[site.SESSION_COOKIE_NAME].value
    Session.objects.filter(session_key=key).update(session_data=db.SessionStore().encode(holds))
    assert visitor.fill(WAYS[way], code=told["code"]).status_code == 422
    settings.SECRET_KEY_FALLBACKS = [KEY]
    assert visitor.fill(WAYS[way], code=told["code"]).status_code == 302


def _timed(value: Any) -> Any:
    """Moments of then are moments of now."""
    if isinstance(value, dict):
        return {name: _timed(one) for name, one in value.items()}
    return time.time() if isinstance(value, float) and value > 1e9 else value


def test_cached_values_are_plain(client_for: Callable[..., Any], member: Any) -> None:
    """A value in the cache that is an object of a class could be read by that class' release only."""
    browser = client_for(member)
    for path in ("/", "/companies/", "/deals/", "/settings/members/", "/jobs/"):
        assert browser.get(path).status_code == 200
    cache.put("formats", ["plain"], seconds=60)
    looked = 0
    for key in line().scan_iter(match=f"{site.CACHES['default']['KEY_PREFIX']}:*", count=1000):
        if line().type(key) != "string":
            continue
        value = _raw(key)
        if value[:1] == b"\x80":
            looked += 1
            names = [code.name for code, _argument, _place in pickletools.genops(value)]
            assert not {"GLOBAL", "STACK_GLOBAL", "REDUCE", "INST", "OBJ"} & set(names), key
    assert looked


def _raw(key: Any) -> bytes:
    import redis

    with redis.Redis.from_url(site.TEREM_REDIS) as bare:
        found: Any = bare.get(key)
    return bytes(found or b"")
