"""The real files through the wizard: two imports, once more without a change, undone, imported again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crm_core.clients.models import Company
from crm_core.events.models import Event
from crm_core.imports.models import Import
from crm_core.records.models import Card
from crm_core.sales.models import Deal
from tests.support.tenants import run_jobs

DATA = Path(__file__).parents[2] / "data" / "salesforce-export"


@pytest.fixture
def browser(client_for: Callable[..., Any], member: Any) -> Any:
    return client_for(member)


def bring(browser: Any, name: str, path: Path | None = None) -> Import:
    """Upload, look at the columns, begin, wait for the end; as a person does who changes nothing."""
    with open(path or DATA / name, "rb") as file:
        sent = browser.post("/imports/new/", {"file": file})
    assert sent.status_code == 302, sent.content.decode()
    shown = browser.get(sent.url)
    assert shown.status_code == 200
    found = Import.objects.order_by("-id").first()
    begun = browser.post(f"/imports/{found.id}/beginning/")
    assert begun.status_code == 302, begun.content.decode()
    assert browser.get(begun.url).status_code == 200
    run_jobs()
    found.refresh_from_db()
    report = browser.get(begun.url)
    assert report.status_code == 200
    return found


def live(kind: str) -> int:
    return Card.objects.live().filter(kind=kind).count()


def test_both_files_come_in_without_a_hand(browser: Any) -> None:
    accounts = bring(browser, "accountData.csv")
    deals = bring(browser, "opportunityData.csv")

    assert accounts.counts["company.created"] == 423
    assert deals.counts["deal.created"] == 38
    assert (live("company"), live("deal")) == (423, 38)
    # Every account and deal keeps the id of the old system, and the deals stand at their accounts.
    assert Deal.objects.filter(client=None).count() == 0
    first = Deal.objects.select_related("client", "stage", "card").get(card__origin="006x0000001YtCrAAK")
    assert first.client.origin == "001x0000002xLD0AAM"
    assert (first.stage.kind, first.outcome, first.amount_minor) == ("won", "won", 50_000_000)
    assert (first.opened_on, first.expected_on, first.closed_on) == (
        date(2006, 6, 15), date(2005, 11, 9), date(2005, 11, 9),
    )  # fmt: skip
    assert Deal.objects.filter(amount_minor=None).count() == 5
    # Stages keep their names; those that the workspace lacked were made in the order of their chances.
    open_stages = Deal.objects.open().values_list("stage__name", flat=True).distinct()
    assert {"Prospecting", "Needs Analysis", "Value Proposition"} <= set(open_stages)
    names = list(first.pipeline.stages.values_list("name", "kind"))
    assert [name for name, kind in names if kind != "open"] == ["Won", "Lost"]
    assert names.index(("Prospecting", "open")) < names.index(("Value Proposition", "open"))
    # Two companies share a broken name and differ by id.
    assert Company.objects.filter(name="????????????????").count() == 2
    assert Company.objects.get(card__origin="001x0000002xLDJAA2").street == "00045844 c/ San Romualdo, 26 5º"


def test_the_same_file_again_creates_nothing(browser: Any) -> None:
    bring(browser, "accountData.csv")
    bring(browser, "opportunityData.csv")
    events = Event.objects.filter(verb__in=("clients.changed", "sales.changed")).count()

    accounts = bring(browser, "accountData.csv")
    deals = bring(browser, "opportunityData.csv")

    assert (live("company"), live("deal")) == (423, 38)
    assert "company.created" not in accounts.counts
    assert accounts.counts["company.same"] == 423
    assert deals.counts["deal.same"] == 38
    assert Event.objects.filter(verb__in=("clients.changed", "sales.changed")).count() == events


def test_undone_and_imported_again(browser: Any) -> None:
    accounts = bring(browser, "accountData.csv")
    deals = bring(browser, "opportunityData.csv")
    for found in (deals, accounts):
        assert browser.post(f"/imports/{found.id}/undoing/").status_code == 302
        run_jobs()
        assert browser.get(f"/imports/{found.id}/").status_code == 200
    assert (live("company"), live("deal")) == (0, 0)

    bring(browser, "accountData.csv")
    bring(browser, "opportunityData.csv")
    assert (live("company"), live("deal")) == (423, 38)
