"""Whoever looks at a restored copy is not asked to buy it a second time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from billing.queries import summary
from kernel import context
from tenants.models import Tenant
from tests.support.tenants import Company


def test_a_copy_beside_the_workspace_pays_nothing(own_tenant: Callable[..., Company], fake: Any) -> None:
    with context.enter(context.Context(cause="command")):
        live = own_tenant("Twice").tenant
        beside = Tenant.objects.create(
            schema_name="t_copytried", slug="copy-tried", name="Copy", status="active", copy_of=live
        )
        try:
            assert summary(live.id, None).may_buy
            assert not summary(beside.id, None).may_buy
        finally:
            beside.delete()
