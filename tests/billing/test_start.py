"""Starting writes the lease into the registry, where the product reads it."""

from __future__ import annotations

from typing import Any

import pytest

from billing import api
from kernel.errors import NotFound
from kernel.ids import uuid7
from tenants import api as tenants


def test_a_new_tenant_gets_the_open_lease(tenant: Any) -> None:
    api.start(tenant.id)
    found = tenants.tenant(tenant.id)
    assert found.lease["plan"] == "open"
    assert found.lease["valid_until"] is None
    with tenants.inside(found) as context:
        assert context.tenant is not None
        assert context.tenant.lease.allows("sales")
        assert not context.tenant.lease.allows("teleportation")


def test_starting_twice_changes_nothing_but_the_version(tenant: Any) -> None:
    api.start(tenant.id)
    before = tenants.tenant(tenant.id)
    api.start(tenant.id)
    after = tenants.tenant(tenant.id)
    assert after.lease == before.lease


def test_an_unknown_tenant_is_refused(tenant: Any) -> None:
    with pytest.raises(NotFound):
        api.start(uuid7())
