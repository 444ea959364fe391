"""The demo command: makes the company once, notes how to sign in, and may be repeated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from crm_core.sales.models import Deal
from identity import api as identity
from kernel import context
from tenants import api


@pytest.fixture
def note(database: None, tmp_path: Path, monkeypatch: Any) -> Iterator[Path]:
    """Where the command writes; the demo company is closed afterwards."""
    monkeypatch.setattr(settings, "TEREM_VAR", str(tmp_path))
    yield tmp_path / "demo.json"
    with context.enter(context.Context(cause="command")):
        api.close(tenant_id=api.by_slug("demo").id, reason="The test is over.")


def test_the_demo_is_made_once_and_its_note_opens_it(note: Path, capsys: Any) -> None:
    call_command("demo", language="ru")
    first = json.loads(note.read_text("utf-8"))
    assert {"subdomain", "address", "email", "password"} <= first.keys()
    assert first["password"] in capsys.readouterr().out
    call_command("demo")
    assert json.loads(note.read_text("utf-8")) == first
    tenant = api.by_slug("demo")
    assert (tenant.status, tenant.language, tenant.lease["plan"]) == ("active", "ru", "open")
    account = identity.by_email(first["email"])
    assert account.check_password(first["password"])
    assert [row.tenant_id for row in api.memberships(account.pk)] == [tenant.id]
    with api.inside(tenant):
        assert Deal.objects.count() == 46
