"""The operators' console: who is let in, and only with a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from identity import api
from identity.models import Operator
from tests.identity.test_second_factor import set_up
from tests.support import device
from tests.support.visitor import Visitor

CONSOLE = "http://operator.terem.test"
PASSWORD = "correct horse battery"


def sign_in(visitor: Visitor, email: str) -> Any:
    return visitor.fill(f"{CONSOLE}/account/login/", login=email, password=PASSWORD)


class _AtConsole(Visitor):
    """A visitor whose bare paths are those of the console."""

    def _ask(self, method: str, url: str, data: Any = None) -> Any:
        return super()._ask(method, url if url.startswith("http") else f"{CONSOLE}{url}", data)


def test_strangers_see_nothing(make: Callable[..., Any]) -> None:
    assert Visitor().get(f"{CONSOLE}/tenants/")["Location"].startswith("/account/login/")
    visitor = Visitor()
    assert visitor.follow(sign_in(visitor, make().email)).status_code == 404


def test_second_factor_first(make: Callable[..., Any]) -> None:
    anna = make()
    api.make_operator(account=anna)
    visitor = _AtConsole()
    sign_in(visitor, anna.email)
    assert visitor.get("/tenants/")["Location"] == "/account/second-factor/set-up/"
    secret, _codes = set_up(visitor)
    assert visitor.walk("/").status_code == 200
    again = _AtConsole()
    assert sign_in(again, anna.email)["Location"] == "/account/second-factor/"
    assert again.get("/tenants/")["Location"].startswith("/account/login/")
    again.fill("/account/second-factor/", code=device.code(secret))
    assert again.walk("/").status_code == 200


def test_session_of_the_public_site_is_no_session_of_the_console(make: Callable[..., Any]) -> None:
    anna = make()
    api.make_operator(account=anna)
    visitor = Visitor()
    visitor.sign_in(anna.email)
    assert visitor.get(f"{CONSOLE}/tenants/")["Location"].startswith("/account/login/")


def test_command_gives_and_takes_the_right(accounts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEW_PASSWORD", PASSWORD)
    call_command("make_operator", "olga@northern.example", password_from="NEW_PASSWORD")
    call_command("make_operator", "olga@northern.example")
    assert Operator.objects.get(account__email="olga@northern.example").active
    call_command("make_operator", "olga@northern.example", remove=True)
    assert not Operator.objects.get(account__email="olga@northern.example").active
    with pytest.raises(CommandError, match="too short"):
        monkeypatch.setenv("NEW_PASSWORD", "short")
        call_command("make_operator", "other@northern.example", password_from="NEW_PASSWORD")
