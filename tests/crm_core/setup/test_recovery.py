"""The administrator's page of backups: what is seen, asked for, taken over, closed; and who may not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kernel import context
from tenants import api
from tenants.backups import copies, orders, taking
from tenants.backups.models import Order, Snapshot
from tenants.models import Tenant
from tests.support.tenants import Browser, Company, run_queue, sign_in
from tests.tenants.backups.conftest import fill

PAGE = "/settings/backups/"


@pytest.fixture
def company(own_tenant: Callable[..., Company]) -> Iterator[Company]:
    made = own_tenant("Recovering")
    with context.enter(context.Context(cause="command")):
        yield made


def browser(company: Company) -> Browser:
    with api.inside(Tenant.objects.get(id=company.tenant.id), cause="page"):
        return sign_in(Browser(company.host), company.owner)


def test_seen_asked_for_and_followed(company: Company) -> None:
    anna = browser(company)
    assert "There is no backup yet" in anna.get(PAGE).content.decode()
    assert anna.post(f"{PAGE}order/", {"verb": "take", "reason": ""}).status_code == 422
    assert anna.post(f"{PAGE}order/", {"verb": "take", "reason": "Before the import."}).status_code == 302
    page = anna.get(PAGE).content.decode()
    assert "Before the import." in page
    assert "every 2s" in page
    again = anna.post(f"{PAGE}order/", {"verb": "take", "reason": "Again."})
    assert again.status_code == 422
    orders.work()
    page = anna.get(PAGE).content.decode()
    assert "every 2s" not in page
    snapshot = Snapshot.objects.get(tenant=company.tenant)
    assert f"snapshot={snapshot.id}" in page
    restored = anna.post(
        f"{PAGE}order/", {"verb": "restore", "snapshot": str(snapshot.id), "reason": "To look."}
    )
    assert restored.status_code == 302
    orders.work()
    copy = Tenant.objects.get(copy_of_id=company.tenant.id)
    assert copy.slug in anna.get(PAGE).content.decode()
    with api.inside(copy, cause="page"):
        visitor = sign_in(Browser(f"{copy.slug}.terem.test"), company.owner)
    assert "This is a copy" in visitor.get(PAGE).content.decode()
    assert visitor.post(f"{PAGE}order/", {"verb": "take", "reason": "No."}).status_code == 422
    assert Order.objects.filter(tenant=copy).count() == 0
    assert "Before the import." in anna.get("/settings/history/").content.decode()


def test_one_record_comes_back_whole(company: Company) -> None:
    from crm_core.clients.models import Company as Client
    from crm_core.notes.models import Note
    from crm_core.records.models import Card

    with api.inside(company.tenant, cause="page", actor=company.owner_id):
        first, second = fill(company.owner, "Whole", 2)
        people = Card.objects.filter(kind="person").count()
    copy = copies.beside(taking.take(company.tenant, "asked"), by=None, reason="A look.")
    with api.inside(company.tenant, cause="page", actor=company.owner_id):
        Client.objects.filter(card_id=first).update(description="damaged")
        Note.objects.filter(card_id=first).delete()
        Client.objects.filter(card_id=second).update(description="new here")
    anna = browser(company)
    address = f"http://{copy.slug}.terem.test/companies/{first}/"
    assert anna.post(f"{PAGE}{copy.id}/record/", {"address": "nonsense"}).status_code == 422
    assert anna.post(f"{PAGE}{copy.id}/record/", {"address": address}).status_code == 302
    run_queue()
    with api.inside(company.tenant, cause="page", actor=company.owner_id):
        assert Client.objects.get(card_id=first).description == "Whole\nline"
        assert [note.text for note in Note.objects.filter(card_id=first)] == ["Note Whole 0"]
        assert Client.objects.get(card_id=second).description == "new here"
        assert Card.objects.filter(kind="person").count() == people
    page = anna.get(f"/companies/{first}/")
    assert page.status_code == 200
    assert anna.post(f"{PAGE}{company.tenant.id}/record/", {"address": address}).status_code == 404


def test_closing_asks_for_the_name(company: Company, mailoutbox: list[Any]) -> None:
    anna = browser(company)
    assert anna.post(f"{PAGE}closing/", {"reason": "Bye.", "name": "Other"}).status_code == 422
    assert anna.get("/").status_code == 200
    assert anna.post(f"{PAGE}closing/", {"reason": "Bye.", "name": "Recovering"}).status_code == 302
    assert anna.get("/").status_code == 403
    link = re.search(r"terem\.test(/leaving/\S+/)", mailoutbox[0].body)
    assert link
    assert Browser("terem.test").post(link[1]).status_code == 302
    assert anna.get("/").status_code == 200
