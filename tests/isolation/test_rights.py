"""The permission table, written by the URLs themselves: every URL for a member whose role holds nothing.

Pages that need a right answer 403 to a member without it, whatever the method; pages
that need none never answer with an error of their own making.
"""

from __future__ import annotations

from typing import Any

import pytest

from kernel.rights import EVERYBODY, RIGHTS
from tenants import api
from tests.isolation.test_crawl import MEMBERS, Address, filled
from tests.isolation.world import World
from tests.support.tenants import Browser, rolled_back, sign_in


def powerless(world: World) -> Browser:
    from crm_core.team.models import Member, Role

    role = Role(name="Nothing at all", rights=[], visibility="own")
    role.save()
    member = Member(name="Powerless", email="powerless@firm.example", role=role)
    member.save()
    return sign_in(Browser(world.company.host), member)


pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("address", MEMBERS, ids=str)
def test_member_without_rights(address: Address, worlds: tuple[World, World]) -> None:
    owner = worlds[0]
    path = filled(address, owner)
    assert address.route is not None
    with api.inside(owner.company.tenant), rolled_back():
        browser = powerless(owner)
        for method in address.route.methods:
            if method == "HEAD":
                continue
            answer: Any = browser.get(path) if method == "GET" else browser.post(path, {})
            if address.route.right != EVERYBODY:
                assert answer.status_code == 403, f"{method} {path}: {answer.status_code}"
            else:
                assert answer.status_code < 500, f"{method} {path}: {answer.status_code}"


def test_every_right_on_a_url_is_declared_and_worded() -> None:
    for address in MEMBERS:
        assert address.route is not None
        assert address.route.right == EVERYBODY or address.route.right in RIGHTS, str(address)
    assert all(str(right.words) for right in RIGHTS.values())
