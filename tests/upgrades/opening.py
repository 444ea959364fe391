"""Open many seeded companies at once; prints JSON: address, schema and the owner's session of each."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import django


def open_fleet(count: int, prefix: str = "fleet", first: int = 1) -> list[dict[str, str]]:
    """So many companies, four at a time, each with its owner signed in."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda number: _open(number, prefix), range(first, first + count)))


def _open(number: int, prefix: str) -> dict[str, str]:
    from django.conf import settings
    from django.db import connections

    from crm_core.setup.actions import seed
    from crm_core.team.actions import open_session
    from kernel import context
    from tenants import api

    try:
        with context.enter(context.Context(cause="command")):
            slug = f"{prefix}-{number}"
            tenant = api.open_tenant(slug=slug, name=slug.title(), language="en", zone="UTC", currency="EUR")
            with api.inside(tenant):
                owner = {"account_id": number, "name": "Owner", "email": f"owner{number}@{prefix}.example"}
                member = seed(language="en", owner=owner)
                _session, key = open_session(member=member, agent="tests", network="127.0.0.1")
            api.activate(tenant_id=tenant.id)
            cookie = settings.WORKSPACE_COOKIE
            return {"slug": slug, "schema": tenant.schema_name, "session": key, "cookie": cookie}
    finally:
        connections.close_all()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(open_fleet(int(sys.argv[1]), *sys.argv[2:3], *map(int, sys.argv[3:4]))))
