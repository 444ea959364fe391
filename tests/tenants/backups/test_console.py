"""The operators' pages: a backup asked for with a reason, done by the keeper, restored, swapped; closing and staying."""

from __future__ import annotations

import pytest
from django.test import Client

from kernel.ids import uuid7
from tenants.backups import orders
from tenants.backups.models import Order, Snapshot
from tenants.models import OperatorAct, Tenant
from tests.support.operators import at_console, make_operator
from tests.support.tenants import Browser, Company


@pytest.fixture
def console(command: None) -> Client:
    """An operator's browser, past the second factor."""
    return at_console(make_operator(f"op-{uuid7().hex[-8:]}@operators.example"))


def test_backup_restore_and_swap_from_the_console(console: Client, filled: Company) -> None:
    page = f"/tenants/{filled.tenant.id}/backups/"
    assert "There is no backup yet" in console.get(page).content.decode()
    assert console.post(f"{page}order/", {"verb": "take", "reason": ""}).status_code == 422
    assert console.post(f"{page}order/", {"verb": "burn", "reason": "x"}).status_code == 422
    assert console.post(f"{page}order/", {"verb": "take", "reason": "They asked."}).status_code == 302
    assert "every 2s" in console.get(page).content.decode()
    orders.work()
    snapshot = Snapshot.objects.get(tenant=filled.tenant)
    assert f"snapshot={snapshot.id}" in console.get(page).content.decode()
    asked = console.get(f"{page}order/?verb=restore&snapshot={snapshot.id}").content.decode()
    assert str(snapshot.id) in asked
    console.post(f"{page}order/", {"verb": "restore", "snapshot": str(snapshot.id), "reason": "To look."})
    orders.work()
    copy = Tenant.objects.get(copy_of_id=filled.tenant.id)
    shown = console.get(page).content.decode()
    assert copy.slug in shown
    assert "Planted 1" not in shown, "operators see no company's data"
    console.post(f"{page}order/", {"verb": "swap", "copy": str(copy.id), "reason": "As agreed."})
    orders.work()
    assert Tenant.objects.get(id=filled.tenant.id).schema_name == copy.schema_name
    assert set(Order.objects.filter(tenant=filled.tenant).values_list("state", flat=True)) == {"done"}
    acts = OperatorAct.objects.filter(tenant=filled.tenant, verb="swapped")
    assert [act.reason for act in acts] == ["As agreed."]


def test_closing_and_staying_from_the_console(console: Client, filled: Company) -> None:
    page = f"/tenants/{filled.tenant.id}/closing/"
    assert console.post(page, {"reason": "Asked for.", "name": "Other"}).status_code == 422
    assert console.post(page, {"reason": "Asked for.", "name": filled.tenant.name}).status_code == 302
    assert Browser(filled.host).get("/").status_code == 403
    assert console.get(f"/tenants/{filled.tenant.id}/backups/").status_code == 200
    assert console.get(f"/tenants/{filled.tenant.id}/staying/").status_code == 200
    assert console.post(f"/tenants/{filled.tenant.id}/staying/", {}).status_code == 302
    assert Browser(filled.host).get("/").status_code == 302


def test_strangers_see_nothing(filled: Company) -> None:
    for path in ("backups/", "backups/order/", "closing/", "staying/"):
        answer = Browser("operator.terem.test").get(f"/tenants/{filled.tenant.id}/{path}")
        assert answer.status_code == 302
        assert "login" in answer["Location"]
