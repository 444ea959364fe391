"""A step inside the product: open the companies of the harness and a session for each of their members."""

from __future__ import annotations

import json
import sys
from typing import Any


def main(names: list[str]) -> list[dict[str, Any]]:
    """One company a name (``slug:language``), with its owner and a second member, both signed in."""
    import django

    django.setup()
    from kernel import context

    with context.enter(context.Context(cause="command")):
        return [_open(*name.split(":")) for name in names]


def _open(slug: str, language: str) -> dict[str, Any]:
    from crm_core.team.actions import open_session
    from crm_core.team.models import Member
    from tenants import api
    from tests.support.tenants import make_account, open_company

    company = open_company(slug.title(), slug, language)
    keys = []
    with api.inside(company.tenant, cause="page"):
        second = Member(
            name="Second", email=f"second@{slug}.example", role=company.owner.role, language=language,
            account_id=make_account(f"second@{slug}.example").pk,
        )  # fmt: skip
        second.save()
        for member in (company.owner, second):
            _session, key = open_session(member=member, agent="harness", network="127.0.0.1")
            keys.append(key)
    return {"slug": slug, "language": language, "schema": company.tenant.schema_name, "keys": keys}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
