"""Nobody learns from us whether an address has an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.visitor import Visitor, letters_to, words

STRANGER = "nobody.here@northern.example"


def same(known: Any, unknown: Any, email: str) -> None:
    """Two answers differ in nothing but the address that was typed."""
    assert known.status_code == unknown.status_code
    assert known.get("Location") == unknown.get("Location")
    assert set(known.headers) == set(unknown.headers)
    assert words(known).replace(email, "X") == words(unknown).replace(STRANGER, "X")


def test_signing_in(make: Callable[..., Any]) -> None:
    email = make().email
    same(
        Visitor().sign_in(email, "wrong wrong wrong"), Visitor().sign_in(STRANGER, "wrong wrong wrong"), email
    )


@pytest.mark.parametrize("failures", [5, 6])
def test_slowing_down(make: Callable[..., Any], failures: int) -> None:
    email = make().email
    pair = []
    for address in (email, STRANGER):
        visitor = Visitor()
        for _ in range(failures):
            answer = visitor.sign_in(address, "wrong wrong wrong")
        pair.append(answer)
    same(*pair, email)


def test_forgotten_password(make: Callable[..., Any]) -> None:
    email = make().email
    one, other = Visitor(), Visitor()
    known, unknown = (
        one.fill("/account/forgotten/", email=email),
        other.fill("/account/forgotten/", email=STRANGER),
    )
    same(known, unknown, email)
    same(one.follow(known), other.follow(unknown), email)
    same(
        one.fill("/account/forgotten/code/", code="0000-0000"),
        other.fill("/account/forgotten/code/", code="0000-0000"),
        email,
    )
    assert "code" in letters_to(email)[-1].subject
    assert "no account" in letters_to(STRANGER)[-1].subject


def test_finding_workspaces(make: Callable[..., Any]) -> None:
    email = make().email
    same(
        Visitor().fill("/workspaces/find/", email=email),
        Visitor().fill("/workspaces/find/", email=STRANGER),
        email,
    )
    assert len(letters_to(email)) == len(letters_to(STRANGER)) == 1


def test_signing_up(make: Callable[..., Any]) -> None:
    email = make().email
    one, other = Visitor(), Visitor()
    fields = {"company": "Light", "password": "correct horse battery"}
    known = one.fill("/signup/", email=email, slug="light-one", **fields)
    unknown = other.fill("/signup/", email=STRANGER, slug="light-two", **fields)
    same(known, unknown, email)
    same(one.follow(known), other.follow(unknown), email)
    same(
        one.fill("/account/code/", code="0000-0000"),
        other.fill("/account/code/", code="0000-0000"),
        email,
    )
    assert "already" in letters_to(email)[-1].subject
    assert "code" in letters_to(STRANGER)[-1].subject
