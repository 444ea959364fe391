"""Where the operator has a privacy notice: whoever makes an account agrees to it first, and that is noted."""

from __future__ import annotations

from typing import Any

import pytest

from identity import api as identity
from identity.models import Consent
from kernel.ids import uuid7
from tests.onboarding.company import Newcomer
from tests.onboarding.test_invitations import invite
from tests.support.visitor import Visitor, forms_of

NOTICE = "https://terem.example/privacy/2026-11"
PASSWORD = "correct horse battery"


@pytest.fixture
def notice(settings: Any) -> str:
    settings.TEREM_PRIVACY_NOTICE = NOTICE
    return NOTICE


def consents(email: str) -> list[str]:
    return list(Consent.objects.filter(account__email=email).values_list("notice", flat=True))


@pytest.fixture
def guest() -> str:
    return f"carla{uuid7().hex[-10:]}@western.example"


def send(visitor: Visitor, page: Any, **fields: str) -> Any:
    """Fill in the page's form, tick the box and send it."""
    held = next(held for _to, held in forms_of(page.content.decode()) if fields.keys() <= held.keys())
    return visitor.post(page.url_asked, held | fields | {"notice": "on"})


def test_whoever_signs_up_agrees_to_it(newcomer: Newcomer, notice: str) -> None:
    refused = newcomer.sign_up()
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "needs your agreement" in page
    assert f'href="{NOTICE}"' in page
    assert consents(newcomer.email) == []
    send(newcomer.visitor, newcomer.visitor.get("/signup/"), **newcomer.fields)
    newcomer.confirm()
    assert consents(newcomer.email) == [NOTICE]


def test_whoever_is_invited_does_too(owner: Newcomer, guest: str, notice: str) -> None:
    carla = Visitor()
    page = carla.walk(invite(owner, guest))
    assert carla.send(page, name="Carla Weber", password=PASSWORD).status_code == 422
    assert identity.by_email(guest) is None
    assert send(carla, page, name="Carla Weber", password=PASSWORD).status_code == 302
    assert consents(guest) == [NOTICE]


def test_without_a_notice_nobody_is_asked(newcomer: Newcomer) -> None:
    assert "notice" not in newcomer.visitor.get("/signup/").content.decode()
    newcomer.come_in()
    assert consents(newcomer.email) == []
