"""Passkeys: sign in without a password, stand in as second factor, and count only where they were asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from identity import api
from tests.support.passkey import Device
from tests.support.visitor import Visitor, letters_to

PASSWORD = "correct horse battery"
NEW = "/account/passkeys/new/"
SIGN_IN = "/account/passkeys/sign-in/"


def options_of(page: Any) -> dict[str, Any]:
    """What the page asks the browser for."""
    found = re.search(r'id="passkey-options"[^>]*>(.*?)</script>', page.content.decode(), re.S)
    assert found is not None, page.content.decode()[:3000]
    return dict(json.loads(found[1]))


def add(visitor: Visitor, device: Device, name: str = "My phone") -> Any:
    """Add a passkey; the answer to the form."""
    page = visitor.walk(NEW)
    if 'name="password"' in page.content.decode():
        page = visitor.follow(visitor.send(page, password=PASSWORD))
    return visitor.send(page, name=name, credential=device.make(options_of(page)))


def sign_in(visitor: Visitor, device: Device) -> Any:
    """Sign in without a password; the answer."""
    page = visitor.get("/account/login/")
    client = visitor.client("terem.test")
    options = json.loads(client.get(SIGN_IN, headers={"accept": "application/json"}).content)
    return visitor.send(page, to="passkeys/sign-in", credential=device.show(options))


@pytest.fixture
def keyed(make: Callable[..., Any]) -> tuple[Any, Visitor, Device]:
    """An account with a passkey, its visitor signed in, its device."""
    anna = make()
    visitor, device = Visitor(), Device()
    visitor.sign_in(anna.email)
    assert add(visitor, device).status_code == 302
    return anna, visitor, device


def test_adding_guards_the_account_and_gives_recovery_codes(make: Callable[..., Any]) -> None:
    anna = make()
    visitor, elsewhere, device = Visitor(), Visitor(), Device()
    visitor.sign_in(anna.email)
    elsewhere.sign_in(anna.email)
    shown = visitor.follow(add(visitor, device))
    assert len(re.findall(r"<li>(\d{8})</li>", shown.content.decode())) == 10
    assert api.second_factor_on(anna)
    assert "passkey" in letters_to(anna.email)[-1].subject.lower()
    assert "My phone" in visitor.walk("/account/security/").content.decode()
    assert elsewhere.get("/account/security/").status_code == 302, "signed in without it, and still in"


def test_signs_in_without_a_password(keyed: Any, caplog: pytest.LogCaptureFixture) -> None:
    anna, _visitor, device = keyed
    fresh = Visitor()
    with caplog.at_level("INFO", logger="terem.identity"):
        assert sign_in(fresh, device).status_code == 302
    assert f"passkey accepted, account {anna.pk}" in caplog.text
    assert fresh.get("/account/security/").status_code == 200


def test_password_alone_opens_nothing_and_the_passkey_completes_it(keyed: Any) -> None:
    anna, _visitor, device = keyed
    fresh = Visitor()
    assert fresh.sign_in(anna.email)["Location"] == "/account/second-factor/"
    page = fresh.walk("/account/second-factor/")
    assert fresh.get("/account/security/")["Location"].startswith("/account/login/")
    assert fresh.send(page, credential=device.show(options_of(page))).status_code == 302
    assert fresh.get("/account/security/").status_code == 200


def test_recovery_code_stands_in(make: Callable[..., Any]) -> None:
    anna = make()
    visitor = Visitor()
    visitor.sign_in(anna.email)
    shown = visitor.follow(add(visitor, Device()))
    code = re.findall(r"<li>(\d{8})</li>", shown.content.decode())[0]
    for expected in (302, 422):
        fresh = Visitor()
        fresh.sign_in(anna.email)
        assert fresh.fill("/account/second-factor/", code=code).status_code == expected


@pytest.mark.parametrize(
    "origin", ["http://acme.terem.test", "http://operator.terem.test", "https://terem.test"]
)
def test_answers_given_to_another_host_are_refused(keyed: Any, origin: str) -> None:
    """A browser would let a workspace's page ask for the platform's passkey; the answer must not open it."""
    _anna, _visitor, device = keyed
    device.origin = origin
    assert sign_in(Visitor(), device).status_code == 422


def test_unverified_answers_are_refused(keyed: Any, make: Callable[..., Any]) -> None:
    _anna, _visitor, device = keyed
    device.verified = False
    assert sign_in(Visitor(), device).status_code == 422
    boris = make()
    other, sloppy = Visitor(), Device()
    other.sign_in(boris.email)
    sloppy.verified = False
    assert add(other, sloppy).status_code == 422
    assert not api.second_factor_on(boris)


def test_answer_counts_once(keyed: Any) -> None:
    _anna, _visitor, device = keyed
    thief = Visitor()
    page = thief.get("/account/login/")
    client = thief.client("terem.test")
    options = json.loads(client.get(SIGN_IN, headers={"accept": "application/json"}).content)
    stolen = device.show(options)
    assert thief.send(page, to="passkeys/sign-in", credential=stolen).status_code == 302
    again = Visitor()
    page = again.get("/account/login/")
    again.client("terem.test").get(SIGN_IN, headers={"accept": "application/json"})
    assert again.send(page, to="passkeys/sign-in", credential=stolen).status_code == 422


def test_foreign_passkeys_open_nothing(keyed: Any) -> None:
    """A device that names another's account, but holds another key."""
    _anna, _visitor, device = keyed
    forger = Device()
    forger.id, forger.owner = device.id, device.owner
    assert sign_in(Visitor(), forger).status_code == 422
    forger.owner = "bm9ib2R5"
    assert sign_in(Visitor(), forger).status_code == 422


@pytest.mark.parametrize(
    "given",
    [
        "",
        "{}",
        "[]",
        "null",
        "7",
        '"x"',
        '{"id": "x"}',
        '{"response": {"userHandle": 5}}',
        '{"id":"eA","rawId":"eA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"","signature":"","userHandle":"MQ"}}',
    ],
)
def test_garbage_is_one_sentence(make: Callable[..., Any], given: str) -> None:
    visitor = Visitor()
    page = visitor.get("/account/login/")
    visitor.client("terem.test").get(SIGN_IN, headers={"accept": "application/json"})
    refused = visitor.send(page, to="passkeys/sign-in", credential=given)
    assert refused.status_code == 422
    visitor.sign_in(make().email)
    page = visitor.walk(NEW)
    if 'name="password"' in page.content.decode():
        page = visitor.follow(visitor.send(page, password=PASSWORD))
    assert visitor.send(page, name="x", credential=given).status_code == 422


def test_says_that_it_is_you(keyed: Any) -> None:
    _anna, visitor, device = keyed
    page = visitor.walk("/account/again/passkey/?next=/account/password/")
    assert visitor.send(page, credential="{}").status_code == 422
    page = visitor.walk("/account/again/passkey/?next=/account/password/")
    done = visitor.send(page, credential=device.show(options_of(page)))
    assert done["Location"] == "/account/password/"


def test_rename_and_remove(keyed: Any) -> None:
    anna, visitor, device = keyed
    key = Authenticator.objects.get(user=anna, type="webauthn").pk
    visitor.fill(f"/account/passkeys/{key}/name/", name="Blue key")
    assert "Blue key" in visitor.walk("/account/security/").content.decode()
    page = visitor.walk(f"/account/passkeys/{key}/removal/")
    assert visitor.send(page, to="removal").status_code == 302
    assert not Authenticator.objects.filter(user=anna).exists(), "recovery codes of nothing are left"
    assert "removed" in letters_to(anna.email)[-1].subject
    assert sign_in(Visitor(), device).status_code == 422
    assert Visitor().sign_in(anna.email)["Location"] != "/account/second-factor/"


def test_nobody_touches_somebody_elses(keyed: Any, make: Callable[..., Any]) -> None:
    anna, _visitor, _device = keyed
    key = Authenticator.objects.get(user=anna, type="webauthn").pk
    boris = Visitor()
    boris.sign_in(make().email)
    add(boris, Device())
    for page in ("name", "removal"):
        assert boris.get(f"/account/passkeys/{key}/{page}/").status_code == 404


def test_operators_come_in_with_one(make: Callable[..., Any]) -> None:
    """Made on the account host, it opens the console too."""
    from identity import actions

    anna = make()
    actions.make_operator(account=anna)
    visitor, device = Visitor(), Device()
    visitor.sign_in(anna.email)
    add(visitor, device)
    console, host = Visitor(), "http://operator.terem.test"
    page = console.get(f"{host}/account/login/")
    options = json.loads(
        console.client("operator.terem.test").get(SIGN_IN, headers={"accept": "application/json"}).content
    )
    device.origin = host
    assert console.send(page, to="passkeys/sign-in", credential=device.show(options))["Location"] == "/"
    assert console.walk(f"{host}/").status_code == 200
