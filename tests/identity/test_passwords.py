"""Passwords: length beats tricks, sentences help, changing one ends what is open elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from identity import api
from kernel.errors import Invalid
from tests.support.visitor import Visitor, code_for, letters_to

PASSWORD = "correct horse battery"


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "at least 12 characters"),
        ("correct horse battery " * 6, "too long: 128 characters"),
        ("aaaaaaaaaaaaaa", "repeats itself"),
        ("abcabcabcabcabc", "repeats itself"),
        ("123412341234", "repeats itself"),
        ("qwerty123456", "first that attackers try"),
        ("anna.petrova1", "made of your e-mail"),
        ("northern-example", "made of your e-mail"),
    ],
)
def test_weak_ones_are_refused_with_a_sentence(accounts: None, password: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        api.check_password(password, email="anna.petrova@northern.example")


@pytest.mark.parametrize(
    "password", ["correct horse battery", "четыре простых слова", "anna likes long walks", "x9$kLm2!pQ7z"]
)
def test_good_ones_are_taken(accounts: None, password: str) -> None:
    api.check_password(password, email="anna.petrova@northern.example")


def test_forgotten_password_is_set_anew_by_code(make: Callable[..., Any]) -> None:
    anna = make()
    elsewhere, visitor = Visitor(), Visitor()
    elsewhere.sign_in(anna.email)
    page = visitor.follow(visitor.fill("/account/forgotten/", email=anna.email))
    assert visitor.send(page, code="0000-0000").status_code == 422
    page = visitor.follow(visitor.send(page, code=code_for(anna.email)))
    assert visitor.send(page, password1="short").status_code == 422
    done = visitor.follow(visitor.send(page, password1="another good secret"))
    assert done.status_code == 200
    assert visitor.get("/workspaces/").status_code == 200
    assert elsewhere.get("/workspaces/").status_code == 302
    assert "anew" in letters_to(anna.email)[-1].subject
    assert Visitor().sign_in(anna.email).status_code == 422
    assert Visitor().sign_in(anna.email, "another good secret").status_code == 302


def test_reset_asks_for_the_second_factor_too(make: Callable[..., Any]) -> None:
    from tests.identity.test_second_factor import set_up

    anna, owner, thief = make(), Visitor(), Visitor()
    owner.sign_in(anna.email)
    set_up(owner)
    page = thief.follow(thief.fill("/account/forgotten/", email=anna.email))
    page = thief.follow(thief.send(page, code=code_for(anna.email)))
    answer = thief.send(page, password1="another good secret")
    assert answer["Location"] == "/account/second-factor/"
    assert thief.get("/workspaces/").status_code == 302


def test_reset_code_ends_after_five_tries(make: Callable[..., Any]) -> None:
    anna, visitor = make(), Visitor()
    page = visitor.follow(visitor.fill("/account/forgotten/", email=anna.email))
    statuses = [visitor.send(page, code="0000-0000").status_code for _ in range(5)]
    assert statuses == [422] * 4 + [302]
    assert visitor.get("/account/forgotten/code/")["Location"] == "/account/login/"


def test_new_password_cannot_be_set_without_the_code(make: Callable[..., Any]) -> None:
    anna, visitor = make(), Visitor()
    assert visitor.get("/account/forgotten/password/")["Location"] == "/account/forgotten/"
    visitor.fill("/account/forgotten/", email=anna.email)
    assert visitor.get("/account/forgotten/password/")["Location"] == "/account/forgotten/code/"


def test_changing_it_needs_the_present_one_and_ends_other_sessions(make: Callable[..., Any]) -> None:
    anna = make()
    here, elsewhere = Visitor(), Visitor()
    here.sign_in(anna.email)
    elsewhere.sign_in(anna.email)
    new = "another good secret"
    wrong = here.fill("/account/password/", oldpassword="not this one", password1=new)
    assert wrong.status_code == 422
    assert "present password" in wrong.content.decode()
    assert here.fill("/account/password/", oldpassword=PASSWORD, password1="short").status_code == 422
    assert here.fill("/account/password/", oldpassword=PASSWORD, password1=new).status_code == 302
    assert here.get("/workspaces/").status_code == 200
    assert elsewhere.get("/workspaces/").status_code == 302
    assert "changed" in letters_to(anna.email)[-1].subject


def test_guessing_the_present_password_slows_down(make: Callable[..., Any]) -> None:
    visitor = Visitor()
    visitor.sign_in(make().email)
    fields = {"oldpassword": "guess guess guess", "password1": "another good secret"}
    statuses = [visitor.fill("/account/password/", **fields).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


def test_address_changes_only_with_the_code_sent_there(make: Callable[..., Any]) -> None:
    anna = make()
    old, new = anna.email, f"new-{anna.email}"
    visitor = Visitor()
    visitor.sign_in(old)
    again = visitor.follow(visitor.fill("/account/email/", email=new))
    page = visitor.follow(visitor.send(again, password=PASSWORD))
    anna.refresh_from_db()
    assert anna.email == old
    assert visitor.send(page, code=code_for(new)).status_code == 302
    anna.refresh_from_db()
    assert anna.email == new
    assert Visitor().sign_in(old).status_code == 422
    assert Visitor().sign_in(new).status_code == 302
    assert new in letters_to(old)[-1].body
    assert api.by_email(old) is None


def test_address_of_another_account_cannot_be_taken(make: Callable[..., Any]) -> None:
    """The page says the same as for a free address; only the code's owner could go on, and is told no."""
    anna, boris = make(), make()
    visitor = Visitor()
    visitor.sign_in(anna.email)
    again = visitor.follow(visitor.fill("/account/email/", email=boris.email))
    page = visitor.follow(visitor.send(again, password=PASSWORD))
    assert page.status_code == 200
    refused = visitor.send(page, code=code_for(boris.email))
    assert refused.status_code == 422
    anna.refresh_from_db()
    assert anna.email != boris.email


def test_whoever_comes_in_with_a_weak_one_is_asked_to_change_it(make: Callable[..., Any]) -> None:
    anna, visitor = make(), Visitor()
    anna.set_password("qwerty123456")
    anna.save()
    page = visitor.walk("/account/sessions/")
    answer = visitor.send(page, login=anna.email, password="qwerty123456")
    assert answer["Location"] == "/account/password/"
    page = visitor.follow(answer)
    assert "easy to guess" in page.content.decode()
    assert 'href="/account/sessions/"' in page.content.decode(), "whoever has no time now goes on"
    done = visitor.send(page, oldpassword="qwerty123456", password1="another good secret")
    assert done["Location"] == "/account/sessions/"
    assert "easy to guess" not in visitor.get("/account/password/").content.decode()
    assert Visitor().sign_in(anna.email, "another good secret")["Location"] == "/workspaces/entry/"


def test_wrong_passwords_say_nothing_of_weak_ones(make: Callable[..., Any]) -> None:
    anna = make()
    answer = Visitor().sign_in(anna.email, "qwerty123456")
    assert answer.status_code == 422
    assert "easy to guess" not in answer.content.decode()


def test_fields_can_be_shown_and_new_ones_are_weighed(make: Callable[..., Any]) -> None:
    visitor = Visitor()
    page = visitor.get("/account/login/").content.decode()
    assert "<ui-password>" in page
    assert 'class="strength"' not in page
    visitor.sign_in(make().email)
    page = visitor.walk("/account/password/").content.decode()
    assert page.count("<ui-password>") == 2
    assert page.count('class="strength"') == 1
