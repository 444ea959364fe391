"""Slow statements by company: read by operators, by no tenant, without values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import Error, connections
from django.test import Client

from tenants import api
from tenants.console import slow
from tests.support.tenants import Company


def ask_slowly(company: Company) -> None:
    with api.inside(company.tenant), connections["tenant"].cursor() as cursor:
        cursor.execute("SELECT 'Anna Keller' AS planted, pg_sleep(0.05)")


def test_statements_are_grouped_by_company(console: Client, own_tenant: Callable[..., Company]) -> None:
    company, other = own_tenant("Slow one"), own_tenant("Quick one")
    ask_slowly(company)
    report = slow.report(role=company.tenant.schema_name)
    assert not report.missing
    found = next(one for one in report.statements if "planted" in one.text)
    assert (found.company, found.calls) == ("Slow one", 1)
    assert found.mean >= 50
    assert "Anna" not in found.text
    assert all("planted" not in one.text for one in slow.report(role=other.tenant.schema_name).statements)
    for path in (
        "/slow/",
        f"/slow/?role={company.tenant.schema_name}&order=total",
        f"/tenants/{company.tenant.id}/",
    ):
        assert "planted" in console.get(path).content.decode(), path


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM stats.pg_stat_statements",
        "SELECT * FROM stats.pg_stat_statements(true)",
        "SELECT * FROM pg_stat_statements",
        "SELECT * FROM stats.pg_stat_statements_info",
    ],
)
def test_no_tenant_reads_them(own_tenant: Callable[..., Company], statement: str) -> None:
    with api.inside(own_tenant("Curious").tenant), connections["tenant"].cursor() as cursor:
        with pytest.raises(Error):
            cursor.execute(statement)


def test_missing_extension_is_said(console: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(slow, "_SQL", slow._SQL.replace("stats.pg_stat_statements", "stats.gone"))
    assert slow.report().missing
    assert "pg_stat_statements" in console.get("/slow/").content.decode()
