"""The list of companies: found, filtered, sorted, paged, summed, as a file; and who measures them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from config import measuring
from tenants import actions, api
from tenants.console import listing
from tenants.console.listing import Wanted
from tenants.models import Meter, Tenant
from tests.support.tenants import Company


def names(page: Any) -> list[str]:
    return re.findall(
        r'class="who" href="/tenants/[0-9a-f-]{36}/">.*?<span translate="no">(.*?)</span>',
        page.content.decode(),
    )


def test_found_by_name_address_schema_and_members_address(
    console: Client, own_tenant: Callable[..., Company]
) -> None:
    found, other = own_tenant("Needle Works"), own_tenant("Haystack")
    tenant = found.tenant
    for words in ("needle w", tenant.slug, tenant.schema_name, f"owner@{tenant.slug}.example", found.host):
        answer = console.get("/tenants/", {"q": words})
        assert names(answer) == ["Needle Works"], words
    assert names(console.get("/tenants/", {"q": "nobody@nowhere.example"})) == []
    assert "Nothing matches" in console.get("/tenants/", {"q": "no such thing"}).content.decode()
    assert other.tenant.slug not in console.get("/tenants/", {"q": "needle"}).content.decode()


def test_filters_and_sorting(console: Client, own_tenant: Callable[..., Company]) -> None:
    small, large = own_tenant("Sorted small"), own_tenant("Sorted large")
    actions.report_meters(tenant_id=small.tenant.id, values={"records": 10, "storage": 5})
    actions.report_meters(tenant_id=large.tenant.id, values={"records": 90_000, "storage": 7})
    Tenant.objects.filter(id=small.tenant.id).update(release="an older one")
    asked: list[tuple[dict[str, str], list[str]]] = [
        ({"size": "small"}, ["Sorted small"]),
        ({"size": "large"}, ["Sorted large"]),
        ({"release": "behind"}, ["Sorted small"]),
        ({"release": "current"}, ["Sorted large"]),
        ({"plan": "open", "sort": "records"}, ["Sorted large", "Sorted small"]),
        ({"sort": "records", "way": "up"}, ["Sorted small", "Sorted large"]),
        ({"sort": "name", "way": "up"}, ["Sorted large", "Sorted small"]),
        ({"sort": "faults"}, ["Sorted large", "Sorted small"]),
        ({"sort": "nonsense", "size": "nonsense", "after": "%%%"}, ["Sorted large", "Sorted small"]),
        ({"seen": "day"}, []),
        ({"faults": "yes"}, []),
        ({"status": "suspended"}, []),
    ]
    try:
        for query, expected in asked:
            assert names(console.get("/tenants/", {"q": "sorted", **query})) == expected, query
    finally:
        # Upgrades believe the registry: what it says must be true again for the tests that follow.
        Tenant.objects.filter(id=small.tenant.id).update(release=large.tenant.release)
    text = console.get("/tenants/", {"q": "sorted"}).content.decode()
    assert "90,010" in text  # the sum of records


@pytest.mark.parametrize("sort", sorted(listing.SORTS))
@pytest.mark.parametrize("ascending", [True, False])
def test_pages_by_key_lose_and_repeat_nothing(
    sort: str, ascending: bool, own_tenant: Callable[..., Company]
) -> None:
    if Tenant.objects.filter(name__startswith="Paged").count() < 5:
        for number in range(5):
            company = own_tenant(f"Paged {number}")
            actions.report_meters(tenant_id=company.tenant.id, values={"records": number // 2})
    wanted = Wanted(words="paged", sort=sort, ascending=ascending)
    whole = [row.tenant.id for row in listing.page(wanted, size=100).rows]
    paged: list[Any] = []
    after = ""
    while True:
        page = listing.page(wanted, after, size=2)
        paged += [row.tenant.id for row in page.rows]
        after = page.next
        if not after:
            break
    assert paged == whole
    assert len(whole) >= 5


def test_as_a_file(console: Client, own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("=cmd() In a file")
    actions.report_meters(tenant_id=company.tenant.id, values={"records": 12, "storage": 2048})
    answer = console.get("/tenants.csv", {"q": company.tenant.slug})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["name"] for row in rows] == ["'=cmd() In a file"]
    assert (rows[0]["records"], rows[0]["files_bytes"], rows[0]["plan"]) == ("12", "2048", "open")


def test_hourly_report_measures_what_is_there(own_tenant: Callable[..., Company]) -> None:
    from crm_core.clients.actions import create_company
    from crm_core.team.actions import open_session
    from kernel import storage

    company = own_tenant("Measured")
    with api.inside(company.tenant, cause="page", actor=company.owner_id):
        create_company(by=company.owner, values={"name": "One"})
        storage.save("notes/one.txt", io.BytesIO(b"12345"))
        open_session(member=company.owner, agent="tests", network="127.0.0.1")
    assert measuring.run(company.tenant.id.int % measuring.SLICES) >= 1
    told = dict(Meter.objects.filter(tenant=company.tenant).values_list("name", "value"))
    assert (told["members"], told["records"], told["storage"]) == (1, 1, 5)
    assert told["database"] > 100_000
    assert listing.one(company.tenant).seen_at is not None
