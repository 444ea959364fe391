"""What every answer says to browsers, and what it never says."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import global_settings, settings
from django.test import Client, override_settings

import config.settings
from config.headers import HEADERS
from tests.support.visitor import Visitor

LOGIN = "/account/login/"
PROFILE = "/settings/profile/"
STYLE = "/static/ui/css/tokens.css"


def platform() -> Client:
    """A stranger at the platform's own host."""
    return Client(headers={"Host": settings.TEREM_DOMAIN})


@pytest.fixture
def answers(client_for: Any, member: Any) -> dict[str, Any]:
    """One answer of each kind: pages in and out, a refusal, a stranger's host, a machine's page, a file."""
    return {
        "account": platform().get(LOGIN),
        "workspace": client_for(member).get(PROFILE),
        "missing": client_for(member).get("/nothing/here/"),
        "unknown host": Client(headers={"Host": "nobody.example"}).get("/"),
        "health": platform().get("/health/live"),
        "file": platform().get(STYLE),
    }


def test_every_answer_has_its_headers(answers: dict[str, Any]) -> None:
    for kind, answer in answers.items():
        said = answer.headers
        for name, value in HEADERS.items():
            assert said[name] == value, kind
        assert said["X-Content-Type-Options"] == "nosniff", kind
        assert said["Referrer-Policy"] == "same-origin", kind
        assert "Access-Control-Allow-Origin" not in said, kind
        assert re.match(r'text/(html|css); charset="?utf-8"?$|application/json$', said["Content-Type"]), kind
        if said["Content-Type"].startswith("text/html"):
            policy = said["Content-Security-Policy"]
            for rule in (
                "default-src 'none'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
                "script-src 'self' 'nonce-",
            ):
                assert rule in policy, kind
            assert "unsafe" not in policy, kind


def test_a_nonce_is_of_one_answer(client_for: Any, member: Any) -> None:
    browser = client_for(member)
    nonces = [
        re.findall(r"'nonce-([^']+)'", browser.get(PROFILE)["Content-Security-Policy"])[0] for _ in range(2)
    ]
    assert nonces[0] != nonces[1]
    assert min(map(len, nonces)) >= 16


def test_pages_are_kept_by_nobody(answers: dict[str, Any]) -> None:
    for kind in ("account", "workspace"):
        assert "no-store" in answers[kind].headers["Cache-Control"], kind


def test_a_form_without_its_token_changes_nothing(member: Any) -> None:
    visitor = Visitor()
    answer = visitor.post(f"http://{settings.TEREM_DOMAIN}{LOGIN}", {"login": "a@b.example", "password": "x"})
    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace", "options"])
def test_methods_that_nobody_uses_are_refused(client_for: Any, member: Any, method: str) -> None:
    answer = getattr(client_for(member), method)(PROFILE)
    assert answer.status_code == 405
    assert set(answer["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_nothing_of_the_machine_is_told(answers: dict[str, Any]) -> None:
    assert settings.DEBUG is False
    for kind, answer in answers.items():
        assert not {"Server", "X-Powered-By", "Via"} & set(answer.headers), kind
    assert b"Traceback" not in answers["missing"].content
    assert b"Django" not in answers["missing"].content


def test_passwords_are_hashed_slowly() -> None:
    from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher

    # The tests' own hasher (tests/support/hashing.py) lies over the product's.
    product = getattr(config.settings, "PASSWORD_HASHERS", global_settings.PASSWORD_HASHERS)
    with override_settings(PASSWORD_HASHERS=product):
        hasher = get_hasher("default")
    assert isinstance(hasher, PBKDF2PasswordHasher)
    assert hasher.algorithm == "pbkdf2_sha256"
    assert hasher.iterations >= 600_000
    assert hasher.salt_entropy >= 128
