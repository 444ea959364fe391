"""The second factor: set-up, codes that count once, recovery, what changes with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from identity import api, factors
from tests.support import device
from tests.support.visitor import Visitor, letters_to

PASSWORD = "correct horse battery"
SET_UP = "/account/second-factor/set-up/"


def set_up(visitor: Visitor, step: int = -1) -> tuple[str, list[str]]:
    """Switch the second factor on with the code of half a minute ago; secret and recovery codes."""
    page = visitor.walk(SET_UP)
    if 'name="password"' in page.content.decode():
        page = visitor.follow(visitor.send(page, password=PASSWORD))
    found = re.search(r'data-text="([A-Z2-7]{32})"', page.content.decode())
    assert found is not None
    secret = found.group(1)
    shown = visitor.follow(visitor.send(page, code=device.code(secret, step)))
    return secret, re.findall(r"<li>(\d{8})</li>", shown.content.decode())


@pytest.fixture
def guarded(make: Callable[..., Any]) -> tuple[Any, Visitor, str, list[str]]:
    """An account with a second factor, its visitor signed in, its secret and recovery codes."""
    anna = make()
    visitor = Visitor()
    visitor.sign_in(anna.email)
    secret, codes = set_up(visitor)
    return anna, visitor, secret, codes


def at_the_code(email: str) -> Visitor:
    """Somebody new who knows the password and stands before the second factor."""
    visitor = Visitor()
    assert visitor.sign_in(email)["Location"] == "/account/second-factor/"
    return visitor


def enter(visitor: Visitor, code: str) -> int:
    return int(visitor.fill("/account/second-factor/", code=code).status_code)


def test_set_up_asks_for_the_password_and_shows_codes(guarded: Any) -> None:
    anna, _visitor, _secret, codes = guarded
    assert api.second_factor_on(anna)
    assert len(set(codes)) == 10
    assert "is on" in letters_to(anna.email)[-1].subject


def test_password_alone_opens_nothing(guarded: Any) -> None:
    anna, *_rest = guarded
    visitor = at_the_code(anna.email)
    for path in ("/workspaces/", "/account/security/", "/handover/"):
        assert visitor.get(path)["Location"].startswith("/account/login/")


def test_code_counts_once(guarded: Any) -> None:
    """The set-up took the code of a step ago; now this step's code works, and only once, and none before it."""
    anna, _visitor, secret, _codes = guarded
    assert enter(at_the_code(anna.email), device.code(secret, -1)) == 422
    assert enter(at_the_code(anna.email), device.code(secret)) == 302
    assert enter(at_the_code(anna.email), device.code(secret)) == 422
    assert enter(at_the_code(anna.email), device.code(secret, -1)) == 422
    assert enter(at_the_code(anna.email), device.code(secret, 1)) == 302


def test_codes_of_other_times_and_people_are_refused(guarded: Any, make: Callable[..., Any]) -> None:
    anna, _visitor, secret, _codes = guarded
    visitor = at_the_code(anna.email)
    assert enter(visitor, device.code(secret, 5)) == 422
    boris = make()
    other = Visitor()
    other.sign_in(boris.email)
    theirs, their_codes = set_up(other)
    assert enter(visitor, device.code(theirs)) == 422
    assert enter(visitor, their_codes[0]) == 422


def test_lost_device_recovery_code_works_once(guarded: Any) -> None:
    anna, _visitor, _secret, codes = guarded
    assert enter(at_the_code(anna.email), codes[3]) == 302
    assert enter(at_the_code(anna.email), codes[3]) == 422
    assert factors.left_codes(anna) == 9
    # Inside, the owner switches the lost device off and can set up a new one.
    visitor = at_the_code(anna.email)
    enter(visitor, codes[4])
    again = visitor.follow(visitor.fill("/account/second-factor/removal/", password=PASSWORD))
    assert visitor.send(again, to="removal").status_code == 302
    assert not api.second_factor_on(anna)
    assert "removed" in letters_to(anna.email)[-1].subject
    set_up(visitor)
    assert api.second_factor_on(anna)


def test_new_recovery_codes_void_the_old_ones(guarded: Any) -> None:
    anna, visitor, _secret, codes = guarded
    shown = visitor.follow(visitor.fill("/account/recovery-codes/new/", to="new"))
    fresh = re.findall(r"<li>(\d{8})</li>", shown.content.decode())
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert enter(at_the_code(anna.email), codes[0]) == 422
    assert enter(at_the_code(anna.email), fresh[0]) == 302


def test_codes_can_be_kept_as_a_file(guarded: Any) -> None:
    _anna, visitor, _secret, codes = guarded
    file = visitor.get("/account/recovery-codes/file/")
    assert file["Content-Disposition"].startswith("attachment")
    assert all(code in file.content.decode() for code in codes)


def test_secrets_are_encrypted_in_the_table(guarded: Any) -> None:
    anna, _visitor, secret, _codes = guarded
    held = str(list(Authenticator.objects.filter(user=anna).values_list("data", flat=True)))
    assert secret not in held
    assert "gAAAA" in held


def test_former_key_still_opens_secrets(settings: Any) -> None:
    sealed = factors.seal("JBSWY3DPEHPK3PXP")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key that is long enough for this purpose"
    assert factors.unseal(sealed) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(ValueError, match="no longer known"):
        factors.unseal(sealed)


def test_a_key_is_changed_and_the_former_one_taken_away(guarded: Any, settings: Any) -> None:
    """Two keys for a while, the night's sealing, then one: device and recovery codes still open the account."""
    anna, _visitor, secret, codes = guarded
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key that is long enough for this purpose"
    said = StringIO()
    call_command("reseal", stdout=said)
    assert int(said.getvalue().split()[0]) >= 2
    assert api.reseal_factors() == 0, "what is sealed anew is left alone"
    settings.SECRET_KEY_FALLBACKS = []
    held = {one.type: one for one in Authenticator.objects.filter(user_id=anna.pk)}
    assert factors.unseal(held["totp"].data["secret"]) == secret
    assert codes[0] in held["recovery_codes"].wrap().get_unused_codes()


def test_what_an_unknown_key_sealed_is_left(guarded: Any, settings: Any) -> None:
    anna, _visitor, _secret, _codes = guarded
    before = [one.data for one in Authenticator.objects.filter(user_id=anna.pk).order_by("id")]
    settings.SECRET_KEY = "another key that is long enough for this purpose"
    assert api.reseal_factors() == 0
    assert [one.data for one in Authenticator.objects.filter(user_id=anna.pk).order_by("id")] == before


def test_switching_it_on_signs_out_other_browsers(make: Callable[..., Any]) -> None:
    anna = make()
    here, elsewhere = Visitor(), Visitor()
    here.sign_in(anna.email)
    elsewhere.sign_in(anna.email)
    set_up(here)
    assert here.get("/workspaces/").status_code == 200
    assert elsewhere.get("/workspaces/").status_code == 302


def test_guessing_codes_slows_down_and_warns_the_owner(guarded: Any) -> None:
    anna, _visitor, secret, _codes = guarded
    attacker = at_the_code(anna.email)
    answers = [enter(attacker, f"{number:06}") for number in range(6)]
    assert answers == [422] * 5 + [429]
    for _ in range(5):
        enter(at_the_code(anna.email), "000000")
    assert "knows your password" in letters_to(anna.email)[-1].subject
    assert enter(at_the_code(anna.email), device.code(secret)) == 302


def test_wrong_code_at_set_up_keeps_the_secret(make: Callable[..., Any]) -> None:
    anna, visitor = make(), Visitor()
    visitor.sign_in(anna.email)
    page = visitor.follow(visitor.fill(SET_UP, password=PASSWORD))
    secret = re.search(r'data-text="([A-Z2-7]{32})"', page.content.decode())
    wrong = visitor.send(page, code="000000")
    assert wrong.status_code == 422
    assert secret is not None
    assert secret.group(1) in wrong.content.decode()
    assert not api.second_factor_on(anna)


def test_last_way_back_is_a_command(guarded: Any, make: Callable[..., Any]) -> None:
    anna, visitor, *_rest = guarded
    call_command("remove_second_factor", anna.email)
    assert not api.second_factor_on(anna)
    assert visitor.get("/workspaces/").status_code == 302
    with pytest.raises(CommandError):
        call_command("remove_second_factor", make().email)


def test_a_second_use_is_logged_and_told_to_the_owner(guarded: Any, caplog: pytest.LogCaptureFixture) -> None:
    anna, _visitor, secret, _codes = guarded
    code = device.code(secret)
    assert enter(at_the_code(anna.email), code) == 302
    with caplog.at_level("INFO", logger="terem.identity"):
        assert enter(at_the_code(anna.email), code) == 422
        assert enter(at_the_code(anna.email), code) == 422
    told = [letter for letter in letters_to(anna.email) if "second time" in letter.subject]
    assert len(told) == 1, "one letter in an hour"
    lines = [record.getMessage() for record in caplog.records if "used again" in record.getMessage()]
    assert len(lines) == 2
    assert f"account {anna.pk}" in lines[0]
    assert code not in " ".join(record.getMessage() for record in caplog.records)
