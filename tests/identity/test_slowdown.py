"""Guessing slows down; the owner is never locked out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import connections
from django.http import HttpRequest, HttpResponse

from identity import slowdown
from identity.models import Attempt
from identity.slowdown import Direction
from kernel import context
from kernel.errors import TooMany
from kernel.ids import uuid7
from kernel.when import frozen, now
from tests.support.visitor import Visitor

PASSWORD = "correct horse battery"


def fail(way: Direction, times: int = 1) -> None:
    for _ in range(times):
        slowdown.claim(way)


def test_pause_grows_to_five_minutes() -> None:
    pauses = [slowdown.pause_after(failures, slowdown.FREE_TRIES) for failures in range(16)]
    assert pauses[:5] == [0] * 5
    assert pauses[5:9] == [2, 4, 8, 16]
    assert pauses[-1] == slowdown.LONGEST_PAUSE


def test_sixth_try_waits_and_works_after_the_pause(accounts: None) -> None:
    way = Direction("password", "anna@northern.example", "192.0.2.1")
    with frozen(now()) as clock:
        fail(way, 5)
        with pytest.raises(TooMany) as refused:
            slowdown.claim(way)
        clock.advance(seconds=refused.value.retry_after)
        slowdown.claim(way)
        slowdown.succeeded(way)
        fail(way, 5)


def test_tries_in_a_pause_do_not_make_it_longer(accounts: None) -> None:
    way = Direction("password", "anna@northern.example", "192.0.2.1")
    with frozen(now()) as clock:
        fail(way, 5)
        for _ in range(20):
            with pytest.raises(TooMany):
                slowdown.claim(way)
        clock.advance(seconds=2)
        slowdown.claim(way)


def test_failures_are_forgotten_after_an_hour(accounts: None) -> None:
    way = Direction("password", "anna@northern.example", "192.0.2.1")
    with frozen(now()) as clock:
        fail(way, 5)
        clock.advance(hours=1)
        fail(way, 5)
        clock.advance(days=2)
        assert slowdown.forget_old() > 0


def test_owner_elsewhere_never_waits_for_an_attacker(accounts: None) -> None:
    """Dozens of failures from as many networks: the owner's own first try counts, and the second after a pause."""
    anna = "anna@northern.example"
    with frozen(now()) as clock:
        for number in range(90):
            fail(Direction("password", anna, f"198.51.100.{number}"))
        with pytest.raises(TooMany):
            slowdown.claim(Direction("password", anna, "198.51.100.7"))
        own = Direction("password", anna, "192.0.2.1")
        slowdown.claim(own)
        with pytest.raises(TooMany) as refused:
            slowdown.claim(own)
        assert refused.value.retry_after <= 15
        clock.advance(seconds=15)
        slowdown.claim(own)


def test_an_account_is_tried_less_than_a_hundred_times_in_an_hour(accounts: None) -> None:
    """However many networks guess: the bound holds, known browsers pass, and after a quiet hour everybody does."""
    anna = "anna@northern.example"
    with frozen(now()) as clock:
        taken = 0
        for number in range(150):
            with suppress(TooMany):
                slowdown.claim(Direction("password", anna, f"198.51.100.{number}"))
                taken += 1
        assert taken == slowdown.SUBJECT_CLOSED < 100
        with pytest.raises(TooMany, match="or a passkey") as refused:
            slowdown.claim(Direction("password", anna, "192.0.2.1"))
        assert 3500 < refused.value.retry_after <= 3600
        slowdown.claim(Direction("password", anna, "198.51.100.7", browser="abcdef"))
        slowdown.claim(Direction("letter", anna, "192.0.2.1"))
        slowdown.claim(Direction("password", "boris@northern.example", "192.0.2.1"))
        clock.advance(hours=1)
        slowdown.claim(Direction("password", anna, "192.0.2.1"))


def test_parallel_tries_from_many_networks_keep_to_the_bound(database: None) -> None:
    subject = f"{uuid7().hex}@northern.example"
    with context.enter(context.Context(cause="page")):
        fail(Direction("password", subject, "192.0.2.1"))
        key = next(iter(Direction("password", subject, "192.0.2.1").wide))
        Attempt.objects.filter(key=key).update(failures=slowdown.SUBJECT_CLOSED - 3)

    def guess(number: int) -> bool:
        with context.enter(context.Context(cause="page")):
            try:
                slowdown.claim(Direction("password", subject, f"198.51.100.{number}"))
            except TooMany:
                return False
            finally:
                connections["default"].close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(24))) == 3


def test_known_browser_is_counted_alone(accounts: None) -> None:
    """An attacker behind the same router, or on the same computer, does not slow the owner's browser."""
    anna, network = "anna@northern.example", "192.0.2.1"
    fail(Direction("password", anna, network), 5)
    with pytest.raises(TooMany):
        slowdown.claim(Direction("password", anna, network))
    slowdown.claim(Direction("password", anna, network, browser="abcdef"))


def test_one_network_guessing_at_many_accounts_loses_its_free_tries(accounts: None) -> None:
    for number in range(slowdown.NETWORK_ATTACKS):
        slowdown.claim(Direction("password", f"person{number}@northern.example", "192.0.2.1"))
    way = Direction("password", "anna@northern.example", "192.0.2.1")
    slowdown.claim(way)
    with pytest.raises(TooMany):
        slowdown.claim(way)


def test_parallel_tries_do_not_slip_by(database: None) -> None:
    way = Direction("password", f"{uuid7().hex}@northern.example", "192.0.2.1")

    def guess(_number: int) -> bool:
        with context.enter(context.Context(cause="page")):
            try:
                slowdown.claim(way)
            except TooMany:
                return False
            finally:
                connections["default"].close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(24))) == slowdown.FREE_TRIES


def test_brute_force_over_http_is_slowed_and_the_owner_gets_in(make: Callable[..., Any]) -> None:
    anna = make()
    attacker = Visitor(network="203.0.113.9")
    for _ in range(5):
        assert attacker.sign_in(anna.email, "guess guess guess").status_code == 422
    slowed = attacker.sign_in(anna.email, PASSWORD)
    assert slowed.status_code == 429
    assert int(slowed["Retry-After"]) in (1, 2)
    assert anna.email in slowed.content.decode()
    assert Visitor(network="203.0.113.10").sign_in(anna.email).status_code == 302


def test_owner_at_the_attackers_network_gets_in_with_a_known_browser(make: Callable[..., Any]) -> None:
    anna = make()
    owner, attacker = Visitor(network="203.0.113.9"), Visitor(network="203.0.113.9")
    owner.sign_in(anna.email)
    owner.fill("/account/logout/", to="/account/logout/")
    for _ in range(6):
        attacker.sign_in(anna.email, "guess guess guess")
    assert attacker.sign_in(anna.email).status_code == 429
    assert owner.sign_in(anna.email).status_code == 302


def test_known_browser_is_forgotten_with_the_password(make: Callable[..., Any]) -> None:
    from identity import api

    anna = make()
    thief, attacker = Visitor(network="203.0.113.9"), Visitor(network="203.0.113.9")
    thief.sign_in(anna.email)
    api.set_password(account=anna, password="a wholly new secret")
    for _ in range(5):
        attacker.sign_in(anna.email, "guess guess guess")
    thief.client("terem.test").cookies.pop("account")
    assert thief.sign_in(anna.email, "guess").status_code == 429


def test_open_session_is_not_touched_by_an_attack(make: Callable[..., Any]) -> None:
    anna = make()
    owner = Visitor()
    owner.sign_in(anna.email)
    for number in range(30):
        slowdown.claim(Direction("password", anna.email, f"198.51.100.{number}"))
    assert owner.get("/workspaces/").status_code == 200


def test_ten_wrong_passwords_slow_down_and_lock_nobody_out(make: Callable[..., Any]) -> None:
    """Each try waits longer than the one before; the owner gets in at once elsewhere, and here after the pause."""
    anna = make()
    attacker = Visitor(network="203.0.113.9")
    pauses = []
    with frozen(now()) as clock:
        for _ in range(10):
            answer = attacker.sign_in(anna.email, "guess guess guess")
            while answer.status_code == 429:
                pauses.append(int(answer["Retry-After"]))
                assert Visitor(network="203.0.113.10").sign_in(anna.email).status_code == 302
                clock.advance(seconds=pauses[-1] + 1)
                answer = attacker.sign_in(anna.email, "guess guess guess")
            assert answer.status_code == 422
        assert len(pauses) >= 5
        assert pauses == sorted(pauses)
        assert pauses[-1] > 4 * pauses[0]
        assert max(pauses) <= 300
        clock.advance(seconds=301)
        assert attacker.sign_in(anna.email).status_code == 302


def test_a_known_browser_stays_known_when_the_signing_key_changes(
    make: Callable[..., Any], settings: Any
) -> None:
    from identity import browsers

    anna, request, response = make(), HttpRequest(), HttpResponse()
    browsers.remember(request, response, anna)
    request.COOKIES = {browsers.COOKIE: response.cookies[browsers.COOKIE].value}
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "another key, long enough " * 2,
    )
    assert browsers.known_as(request, anna)
    settings.SECRET_KEY_FALLBACKS = []
    assert not browsers.known_as(request, anna)
