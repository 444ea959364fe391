"""Every URL of the workspace, found by itself: its owner is answered with success, nobody else is.

A route counts only once it has answered its owner with success on a valid payload.
Payloads are taken from the route's own form where it shows one; a route that
needs more than its form tells is named in ``payloads.py``. Then the other company asks for the same with its own session, and a
stolen cookie is tried on both hosts: no success, no marker, and not one row of
the owner's changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.urls import URLPattern, URLResolver, get_resolver

from kernel.web import Route
from tenants import api
from tests.isolation import forms_in, payloads
from tests.isolation.world import World
from tests.support.tenants import Browser, rolled_back, sign_in


@dataclass(frozen=True)
class Address:
    """A URL pattern of the workspace with the declaration of its view."""

    pattern: str
    name: str
    parameters: tuple[str, ...]
    route: Route | None

    def __str__(self) -> str:
        return self.pattern or "/"


def addresses() -> list[Address]:
    found: list[Address] = []

    def walk(patterns: Any, prefix: str, names: tuple[str, ...]) -> None:
        for entry in patterns:
            text = prefix + str(entry.pattern)
            inner = (*names, *entry.pattern.converters)
            if isinstance(entry, URLResolver):
                walk(entry.url_patterns, text, inner)
            elif isinstance(entry, URLPattern):
                found.append(Address(text, entry.name or "", inner, getattr(entry.callback, "route", None)))

    walk(get_resolver("config.urls_workspace").url_patterns, "", ())
    return found


pytestmark = pytest.mark.usefixtures("database")

ADDRESSES = addresses()
MEMBERS = [address for address in ADDRESSES if address.route is not None and address.route.kind != "entry"]


def signed_in(world: World) -> Browser:
    with api.inside(world.company.tenant):
        return sign_in(Browser(world.company.host), world.company.owner)


def filled(address: Address, world: World) -> str:
    """The path with the world's ids in the place of parameters."""
    path = "/" + address.pattern
    for parameter in address.parameters:
        value = str(world.thing(address.pattern, parameter))
        for converter in ("uuid", "slug", "str", "int", "path"):
            path = path.replace(f"<{converter}:{parameter}>", value)
        path = path.replace(f"<{parameter}>", value)
    return path


def test_every_url_is_declared() -> None:
    bare = [str(address) for address in ADDRESSES if address.route is None]
    assert bare == [], f"Give these views a declaration of kernel.web (page, change, form, entry): {bare}"


def payload_for(address: Address, browser: Browser, path: str, world: World) -> dict[str, Any]:
    """What a person would send: the route's own form, or what payloads.py says for it."""
    told = payloads.PAYLOADS.get(address.pattern)
    if told is not None:
        return told(world)
    assert address.route is not None
    if not {"GET", "POST"} <= set(address.route.methods):
        return {}
    return forms_in.values(browser.get(path).content.decode(), path.partition("?")[0], world.marker)


def ask(address: Address, browser: Browser, path: str, payload: dict[str, Any]) -> Any:
    assert address.route is not None
    return read(browser.post(path, payload) if "POST" in address.route.methods else browser.get(path))


def read(answer: Any) -> Any:
    """The answer, taken to its last piece: a file that nobody reads holds its place among few."""
    if answer.streaming:
        answer.streaming_content = [b"".join(answer.streaming_content)]
    return answer


@pytest.mark.parametrize("address", MEMBERS, ids=str)
def test_owner_is_answered_and_nobody_else(address: Address, worlds: tuple[World, World]) -> None:
    owner, stranger = worlds
    path = filled(address, owner)
    with api.inside(owner.company.tenant), rolled_back():
        browser = signed_in(owner)
        path += payloads.query_of(address.pattern, owner)
        payload = payload_for(address, browser, path, owner)
        if address.route is not None and "GET" in address.route.methods:
            shown = read(browser.get(path))
            assert shown.status_code in (200, 302), f"GET {path}: {shown.status_code}"
        answer = ask(address, browser, path, payload)
        assert answer.status_code in (200, 204, 302, 303), (
            f"{path} refused its owner ({answer.status_code}) with {payload}. A route needs a positive case: "
            f"give its form valid initial values or name a payload in tests/isolation/payloads.py.\n"
            f"{forms_in.complaints(answer)}"
        )
    before = digest(owner)
    # What an intruder types himself may be shown to him; only what he is given counts.
    payload = {name: forms_in.without(value, owner.marker) for name, value in payload.items()}
    # What is sent at home is undone there: a stranger who closed his own workspace, or demanded a second
    # factor in it, would be refused ever after for the wrong reason.
    with api.inside(stranger.company.tenant), rolled_back():
        at_home_nothing_of(owner, stranger, address, path, payload)
    for case, intruder in abroad(owner, stranger).items():
        for method, refused, shown in asked(intruder, address, path, payload):
            assert owner.marker not in shown, f"{case}: {method} {path} shows the owner's data"
            assert refused.status_code in (302, 401, 403, 404), f"{case}: {refused.status_code}"
    assert digest(owner) == before, f"{path} let somebody else change the owner's rows"


def at_home_nothing_of(
    owner: World, stranger: World, address: Address, path: str, payload: dict[str, Any]
) -> None:
    """The stranger asks on his own host, where nothing stops him but that the rows are not his."""
    names_row = any(f"<uuid:{name}>" in address.pattern for name in address.parameters)
    for method, refused, shown in asked(at_home(stranger), address, path, payload):
        assert owner.marker not in shown, f"at home: {method} {path} shows the owner's data"
        assert not names_row or refused.status_code in (403, 404, 405), f"at home: {refused.status_code}"


def asked(
    intruder: Browser, address: Address, path: str, payload: dict[str, Any]
) -> Iterator[tuple[str, Any, str]]:
    """Each method of the address as the intruder sends it: method, answer, all that the answer says."""
    for method in address.route.methods if address.route else ():
        if method == "HEAD":
            continue
        answer: Any = read(intruder.get(path) if method == "GET" else intruder.post(path, payload))
        parts = answer.streaming_content if answer.streaming else [answer.content]
        body = b"".join(parts).decode("utf-8", "replace")
        yield method, answer, body + str(answer.headers)


def abroad(owner: World, stranger: World) -> dict[str, Browser]:
    """Who must get nothing on the owner's host: the other company's cookie, and no cookie at all."""
    own = at_home(stranger)
    cases = {"no session": Browser(owner.company.host)}
    for case, host in (("on this host", owner.company.host), ("on the company's own domain", owner.domain)):
        stolen = Browser(host)
        stolen.cookies[settings.WORKSPACE_COOKIE] = own.cookies[settings.WORKSPACE_COOKIE].value
        cases[f"other company's cookie {case}"] = stolen
    return cases


def at_home(stranger: World) -> Browser:
    """The other company's owner on his own host, answered there."""
    own = signed_in(stranger)
    assert own.get("/companies/").status_code == 200, "the stranger is locked out of his own workspace"
    return own


def digest(world: World) -> list[Any]:
    """A digest of every table of a company, sessions aside (they note when they were seen)."""
    with api.inside(world.company.tenant), connections["tenant"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        tables = [row[0] for row in cursor.fetchall() if row[0] != "team_session"]
        parts = " UNION ALL ".join(
            f"SELECT '{table}', count(*), sum(hashtextextended(t::text, 0)) FROM {table} t"
            for table in tables
        )
        cursor.execute(parts)
        return sorted(cursor.fetchall())
