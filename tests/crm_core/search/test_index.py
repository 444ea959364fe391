"""The palette's search goes by indexes: nothing of it reads the whole table of cards."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.support import cluster
from tests.support.plugin import DATABASE
from tests.support.tenants import Company

ROWS = 4_000


@pytest.fixture
def crowded(own_tenant: Callable[..., Company]) -> Company:
    from crm_core.records.actions import NewCard, bulk_create_cards
    from kernel.text import fold
    from tenants import api

    company = own_tenant("Crowded")
    with api.inside(company.tenant, cause="page"):
        names = [f"Company {n} of street {n * 7919 % 1000}" for n in range(ROWS)]
        rows = [NewCard(label=name, search_text=fold(name)) for name in names]
        bulk_create_cards(by=company.owner, kind="company", rows=rows, verb="clients.created")
    return company


@pytest.mark.parametrize("text", ["company 1234", "eet 771", "+7 (495) 123", "ghbdtn", "co"])
def test_records_are_found_by_indexes(crowded: Company, test_run: cluster.Run, text: str) -> None:
    from crm_core.search import queries
    from kernel.text import variants
    from tenants import api

    with api.inside(crowded.tenant, cause="page"):
        owner = crowded.owner
        with CaptureQueriesContext(connections["tenant"]) as asked:
            queries.records(owner, text, variants(text))
    (statement,) = (one["sql"] for one in asked.captured_queries)
    # The question is whether the indexes can answer; with few rows the planner would rather read them all.
    with psycopg.connect(test_run.servers.postgres.superuser_dsn, dbname=DATABASE) as plain:
        plain.execute(f'SET search_path TO "{crowded.tenant.schema_name}", ext')
        plain.execute("ANALYZE records_card")
        plain.execute("SET enable_seqscan = off")
        plan = "\n".join(row[0] for row in plain.execute(f"EXPLAIN {statement}"))
        assert "Seq Scan on records_card" not in plan, plan
        assert "records_card_by_name" in plan, plan
        # Without the indexes that filter by kind, which win among so few rows, the trigrams must do.
        plain.execute("SET enable_indexscan = off")
        plain.execute("DROP INDEX records_card_by_name, records_card_newest, records_card_by_owner")
        plan = "\n".join(row[0] for row in plain.execute(f"EXPLAIN {statement}"))
        plain.rollback()
    assert "records_card_search" in plan, plan
