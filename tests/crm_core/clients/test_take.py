"""Taking a client over: one wins, the other is told."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.clients import actions
from crm_core.clients.models import Company
from kernel.errors import Conflict
from tests.support.clients import SALES_RIGHTS, url

RIGHTS = [*SALES_RIGHTS, "records.assign"]


def test_taken_from_nobody(client_for: Any, cast: Any, make_member: Any) -> None:
    free = actions.create_company(by=cast.boss, values={"name": "Free"})
    clara = make_member(rights=RIGHTS, visibility="all", name="Clara")
    answer = client_for(clara).post(url("clients:company_taking", free.pk), {"seen": ""})
    assert answer.status_code == 302
    free.card.refresh_from_db()
    assert free.card.owner == clara


def test_the_second_is_told_who_was_faster(client_for: Any, cast: Any, make_member: Any) -> None:
    free = actions.create_company(by=cast.boss, values={"name": "Free"})
    clara = make_member(rights=RIGHTS, visibility="all", name="Clara")
    david = make_member(rights=RIGHTS, visibility="all", name="David")
    actions.take(by=clara, kind="company", id=free.pk, seen_owner=None)
    answer = client_for(david).post(url("clients:company_taking", free.pk), {"seen": ""})
    assert answer.status_code == 409
    assert "Clara was faster" in answer.content.decode()
    with pytest.raises(Conflict):
        actions.take(by=david, kind="company", id=free.pk, seen_owner=None)
    free.card.refresh_from_db()
    assert free.card.owner == clara


def test_the_page_says_who_works_with_it_since_when(web: Any, cast: Any, harbour: Company) -> None:
    from crm_core.records.actions import assign

    assign(by=cast.boss, ids=[harbour.pk], owner_id=cast.anna.id)
    page = web.get(url("clients:company", harbour.pk)).content.decode()
    assert "Anna Keller" in page
    assert "since " in page


def test_without_the_right_to_assign_nobody_takes(client_for: Any, cast: Any, make_member: Any) -> None:
    free = actions.create_company(by=cast.boss, values={"name": "Free"})
    clara = make_member(rights=SALES_RIGHTS, visibility="all", name="Clara")
    assert client_for(clara).post(url("clients:company_taking", free.pk), {"seen": ""}).status_code == 403
