"""Signing in and out on the account host."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from tests.support.visitor import Visitor, code_for, letters_to

PASSWORD = "correct horse battery"


def test_good_password_leads_to_the_workspaces(make: Callable[..., Any]) -> None:
    anna = make()
    visitor = Visitor()
    answer = visitor.sign_in(anna.email)
    assert answer.status_code == 302
    page = visitor.follow(answer)
    assert page.status_code == 200
    assert anna.email in page.content.decode()


def test_address_is_read_as_people_type_it(make: Callable[..., Any]) -> None:
    anna = make("petra@northern.example")
    assert Visitor().sign_in("  Petra@Northern.Example ").status_code == 302
    assert anna.email == "petra@northern.example"


def test_wrong_password_keeps_the_address_and_not_the_password(make: Callable[..., Any]) -> None:
    anna = make()
    answer = Visitor().sign_in(anna.email, "wrong wrong wrong")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert anna.email in page
    assert "wrong wrong wrong" not in page
    assert "not right" in page


@pytest.mark.parametrize("typed", ["", "anna", "anna@northern", "anna@@northern.example", "a\x00b@c.example"])
def test_bad_address_is_said_at_the_field(accounts: None, typed: str) -> None:
    answer = Visitor().sign_in(typed)
    assert answer.status_code == 422
    assert 'id="id_login_error"' in answer.content.decode()


@pytest.mark.parametrize(
    "next_page",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
    ],
)
def test_next_never_leads_elsewhere(make: Callable[..., Any], next_page: str) -> None:
    visitor = Visitor()
    answer = visitor.send(
        visitor.get(f"/account/login/?next={next_page}"), login=make().email, password=PASSWORD
    )
    assert answer.status_code == 302
    assert answer["Location"] == "/workspaces/entry/"


def test_next_on_this_host_is_followed(make: Callable[..., Any]) -> None:
    visitor = Visitor()
    page = visitor.walk("/account/sessions/")
    answer = visitor.send(page, login=make().email, password=PASSWORD)
    assert answer["Location"] == "/account/sessions/"


def test_unconfirmed_address_needs_its_code_first(make: Callable[..., Any]) -> None:
    anna = make(confirmed=False)
    visitor = Visitor()
    answer = visitor.sign_in(anna.email)
    assert answer["Location"] == "/account/code/"
    assert visitor.get("/workspaces/").status_code == 302
    wrong = visitor.fill("/account/code/", code="0000-0000")
    assert wrong.status_code == 422
    # The hyphen is for the eye.
    right = visitor.fill("/account/code/", code=code_for(anna.email).replace("-", " "))
    assert visitor.follow(right).status_code == 200
    assert visitor.get("/workspaces/").status_code == 200


def test_code_of_another_person_is_refused(make: Callable[..., Any]) -> None:
    anna, boris = make(confirmed=False), make(confirmed=False)
    one, other = Visitor(), Visitor()
    one.sign_in(anna.email)
    other.sign_in(boris.email)
    assert one.fill("/account/code/", code=code_for(boris.email)).status_code == 422


def test_codes_end_after_five_tries(make: Callable[..., Any]) -> None:
    anna = make(confirmed=False)
    visitor = Visitor()
    visitor.sign_in(anna.email)
    code = code_for(anna.email)
    for _ in range(4):
        assert visitor.fill("/account/code/", code="0000-0000").status_code == 422
    assert visitor.fill("/account/code/", code="0000-0000").status_code == 302
    assert visitor.get("/account/code/")["Location"] == "/account/login/"
    assert code


def test_letter_can_be_sent_again_and_the_newest_code_counts(make: Callable[..., Any], settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "confirm_email": None}
    anna = make(confirmed=False)
    visitor = Visitor()
    visitor.sign_in(anna.email)
    first = code_for(anna.email)
    assert visitor.fill("/account/code/", action="resend").status_code == 302
    assert len(letters_to(anna.email)) == 2
    assert visitor.fill("/account/code/", code=first).status_code == 422
    assert visitor.fill("/account/code/", code=code_for(anna.email)).status_code == 302


def test_letters_are_not_sent_by_the_dozen(make: Callable[..., Any]) -> None:
    anna = make(confirmed=False)
    visitor = Visitor()
    visitor.sign_in(anna.email)
    visitor.fill("/account/code/", action="resend")
    assert len(letters_to(anna.email)) == 1


def test_signing_out_needs_the_form(make: Callable[..., Any]) -> None:
    visitor = Visitor()
    visitor.sign_in(make().email)
    page = visitor.get("/account/logout/")
    assert page.status_code == 200
    assert visitor.get("/workspaces/").status_code == 200
    assert visitor.post("/account/logout/", {}).status_code == 403
    assert visitor.send(page, to="/account/logout/").status_code == 302
    assert visitor.get("/workspaces/").status_code == 302


def test_switched_off_account_cannot_sign_in(make: Callable[..., Any]) -> None:
    anna = make()
    anna.is_active = False
    anna.save()
    visitor = Visitor()
    page = visitor.follow(visitor.sign_in(anna.email))
    assert visitor.get("/workspaces/").status_code == 302
    assert "switched off" in page.content.decode()


def test_pages_are_never_cached_and_say_so(make: Callable[..., Any]) -> None:
    for path in ("/account/login/", "/account/forgotten/"):
        page = Visitor().get(path)
        assert page["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
        assert "unsafe" not in page["Content-Security-Policy"]


def test_russian_visitors_get_russian_letters(make: Callable[..., Any]) -> None:
    anna = make(confirmed=False)
    visitor = Visitor(language="ru")
    visitor.sign_in(anna.email)
    assert "Код" in letters_to(anna.email)[-1].body


def test_sessions_keep_a_digest_of_the_code(make: Callable[..., Any]) -> None:
    """Whoever reads the table cannot use a code that waits to be typed; who has the letter can."""
    for path in ("/account/code/", "/account/forgotten/code/"):
        anna, visitor = make(confirmed=path != "/account/code/"), Visitor()
        if path == "/account/code/":
            visitor.sign_in(anna.email)
        else:
            visitor.fill("/account/forgotten/", email=anna.email)
        code = code_for(anna.email)
        kept = [str(row.get_decoded()) for row in Session.objects.all()]
        assert any("digest:" in row for row in kept)
        assert not any(code in row or code.replace("-", "") in row for row in kept)
        assert visitor.fill(path, code="0000-0000").status_code == 422
        assert visitor.fill(path, code=code).status_code == 302


def test_codes_end_after_ten_minutes(make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = time.time()
    for seconds, way in ((9 * 60, 302), (10 * 60 + 1, 0)):
        monkeypatch.setattr("time.time", lambda: clock)
        anna, visitor = make(confirmed=False), Visitor()
        visitor.sign_in(anna.email)
        monkeypatch.setattr("time.time", lambda seconds=seconds: clock + seconds)
        page = visitor.get("/account/code/")
        if way:
            assert visitor.send(page, code=code_for(anna.email)).status_code == 302
        else:
            assert page["Location"] == "/account/login/"
    assert settings.ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT == 600


def test_code_counts_while_the_signing_key_is_changed(make: Callable[..., Any], settings: Any) -> None:
    anna, visitor = make(confirmed=False), Visitor()
    visitor.sign_in(anna.email)
    page = visitor.get("/account/code/")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = (
        "another key, long enough " * 2,
        [settings.SECRET_KEY],
    )
    assert visitor.send(page, code=code_for(anna.email)).status_code == 302


def test_a_new_browser_is_told_to_the_owner_and_a_known_one_is_not(make: Callable[..., Any]) -> None:
    anna, first = make(), Visitor()
    first.sign_in(anna.email)
    assert letters_to(anna.email) == [], "coming in for the first time"
    first.fill("/account/logout/", to="/account/logout/")
    first.sign_in(anna.email)
    assert letters_to(anna.email) == []
    Visitor("192.0.2.77").sign_in(anna.email)
    (letter,) = letters_to(anna.email)
    assert "new browser" in letter.subject
    assert "192.0.2.77" in letter.body
    assert "/account/forgotten/" in letter.body
