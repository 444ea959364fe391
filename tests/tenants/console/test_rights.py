"""Every URL of the console, found by itself: a stranger, an account and an operator without second factor get nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from kernel.ids import uuid7
from tests.support.operators import at_console, make_operator


def _walk(patterns: Any, prefix: str) -> list[tuple[str, Any]]:
    found = []
    for entry in patterns:
        text = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += _walk(entry.url_patterns, text)
        elif isinstance(entry, URLPattern):
            found.append((text, getattr(entry.callback, "route", None)))
    return found


ROUTES = [
    (pattern, route)
    for pattern, route in _walk(get_resolver("config.urls_operator").url_patterns, "")
    if not pattern.startswith(("account/", "health/"))
]


def path_of(pattern: str) -> str:
    made = "/" + pattern
    while "<" in made:
        kind, _colon, _rest = made.partition("<")[2].partition(":")
        value = {"uuid": str(uuid7()), "int": "1"}.get(kind, "word")
        made = made[: made.index("<")] + value + made[made.index(">") + 1 :]
    return made


def test_every_page_of_the_console_is_for_operators() -> None:
    assert len(ROUTES) > 15
    wrong = [pattern for pattern, route in ROUTES if route is None or route.kind != "operator"]
    assert wrong == [], f"Give these views @operator(): {wrong}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_is_answered(method: str) -> None:
    mark = uuid7().hex[-8:]
    ordinary = at_console(make_operator(f"plain-{mark}@terem.example", right=False))
    single = at_console(make_operator(f"single-{mark}@terem.example", factor=False))
    for pattern, _route in ROUTES:
        path = path_of(pattern)
        stranger = getattr(at_console(), method)(path)
        assert stranger.status_code == 302, path
        assert stranger["Location"].startswith("/account/login/"), path
        assert getattr(ordinary, method)(path).status_code == 404, path
        unproved = getattr(single, method)(path)
        assert (unproved.status_code, unproved["Location"]) == (302, "/account/second-factor/set-up/"), path


def test_console_answers_on_no_other_host(operator: Any) -> None:
    browser = at_console(operator)
    for host in ("terem.test", "acme.terem.test", "nobody.terem.test"):
        assert browser.get("/tenants/", HTTP_HOST=host).status_code in (302, 404)
