"""The wizard's pages, with and without htmx; what they ask and what they make."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from crm_core.clients.models import Heading
from crm_core.events.models import Event
from crm_core.imports import actions
from crm_core.imports.models import Import
from crm_core.records.models import Card
from crm_core.sales.models import Deal, Pipeline, Stage
from kernel.errors import Conflict, NotFound
from tests.support.tenants import run_jobs

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_the_columns_answer_htmx_with_their_region(
    upload: Callable[..., Import], client_for: Any, member: Any
) -> None:
    found = upload("Company,City\nAcme,Bath\n")
    browser = client_for(member, headers=PART)
    answer = browser.post(f"/imports/{found.id}/columns/", {"column-0": "company.name", "column-1": ""})
    body = answer.content.decode()
    assert answer.status_code == 200
    assert body.lstrip().startswith('<div id="check"')
    found.refresh_from_db()
    assert found.mapping == {"0": "company.name"}


def test_the_columns_work_without_htmx(upload: Any, browser: Any) -> None:
    found = upload("Company,City\nAcme,Bath\n")
    sent = browser.post(
        f"/imports/{found.id}/columns/", {"column-0": "company.city", "column-1": "company.name"}
    )
    assert sent.status_code == 302
    assert "Import 1 row" in browser.get(sent.url).content.decode()


def test_how_the_file_is_read_can_be_put_right(upload: Any, browser: Any) -> None:
    found = upload("Company,City\nÃcme,Bath\n".encode("cp1252"))
    answer = browser.post(
        f"/imports/{found.id}/reading/", {"encoding": "cp1251", "separator": ",", "header": "1"}
    )
    assert answer.status_code == 302
    assert "Гcme" in browser.get(answer.url).content.decode()


def test_a_missing_name_column_is_said(upload: Any, browser: Any, member: Any) -> None:
    found = upload("Town,Postcode\nBath,BA1\n", kind="company")
    page = browser.get(f"/imports/{found.id}/columns/").content.decode()
    assert "Say which column holds the company’s name." in page
    refused = browser.post(f"/imports/{found.id}/beginning/")
    assert refused.status_code == 422
    found.refresh_from_db()
    assert found.state == Import.State.CHECKED


def test_a_column_becomes_a_new_heading(upload: Any, carry_out: Any, member: Any) -> None:
    found = upload("Company,Segment\nAcme,Premium\nOrion,Basic\n")
    mapping = found.mapping | {"1": "company.new"}
    actions.settle(by=member, id=found.id, kind="", mapping=mapping, options={})
    carry_out(actions.check(by=member, id=found.id))
    heading = Heading.objects.get(name="Segment")
    assert sorted(heading.values.values_list("name", flat=True)) == ["Basic", "Premium"]
    assert heading.values.get(name="Premium").classifications.count() == 1


def test_values_of_headings_are_added(upload: Any, carry_out: Any) -> None:
    carry_out(upload("Company,Industry\nAcme,Space travel\n"))
    industry = Heading.objects.get(kind="company", slot="industry")
    assert industry.values.filter(name="Space travel").exists()


def test_stages_are_matched_by_hand(upload: Any, carry_out: Any, member: Any, browser: Any) -> None:
    found = upload("Deal name,Stage\nOne,Thinking\n", kind="deal")
    page = browser.get(f"/imports/{found.id}/columns/").content.decode()
    assert "Thinking" in page and "New stage" in page
    proposal = Stage.objects.get(name="Proposal")
    sent = {f"column-{place}": key for place, key in found.mapping.items()} | {"stage-0": str(proposal.id)}
    browser.post(f"/imports/{found.id}/columns/", sent)
    carry_out(actions.check(by=member, id=found.id))
    assert Deal.objects.get().stage == proposal


def test_who_may_not_set_up_sales_makes_no_stages(upload: Any, carry_out: Any, make_member: Any) -> None:
    rights = ["imports.run", "sales.view", "sales.edit", "clients.view", "clients.edit"]
    seller = make_member(rights=rights)
    before = Stage.objects.count()
    found = upload("Deal name,Stage,Probability\nOne,Thinking,85\n", kind="deal", by=seller)
    carry_out(found, by=seller)
    assert Stage.objects.count() == before
    assert Deal.objects.select_related("stage").get().stage.name == "Contract"


def test_a_deal_goes_into_the_pipeline_that_the_file_names(upload: Any, carry_out: Any, member: Any) -> None:
    from crm_core.sales.actions import add_pipeline

    add_pipeline(by=member, name="Service")
    carry_out(upload("Deal name,Pipeline,Stage\nOne,Service,Proposal\nTwo,Sales,Proposal\n", kind="deal"))
    assert Pipeline.objects.get(name="Service").deals.count() == 1


def test_the_next_step_of_an_open_deal_becomes_a_task(upload: Any, carry_out: Any) -> None:
    from crm_core.activities.models import Activity

    carry_out(
        upload(
            "Deal name,Stage,Next step,Is won,Is closed\nOne,Proposal,Call back,no,no\nTwo,Won,Party,yes,yes\n",
            kind="deal",
        )
    )
    assert Activity.objects.get().title == "Call back"


def test_tags_come_along(upload: Any, carry_out: Any) -> None:
    carry_out(upload("Company,Tags\nAcme,Key client; Fair 2026\n"))
    card = Card.objects.get(label="Acme")
    assert sorted(card.taggings.values_list("tag__name", flat=True)) == ["Fair 2026", "Key client"]


def test_a_double_press_begins_once(upload: Any, browser: Any) -> None:
    found = upload("Company\nAcme\n")
    for _ in range(2):
        assert browser.post(f"/imports/{found.id}/beginning/").status_code == 302
    run_jobs()
    assert Card.objects.filter(label="Acme").count() == 1


def test_changed_records_stay_and_are_listed(upload: Any, carry_out: Any, member: Any, browser: Any) -> None:
    from crm_core.clients.actions import change_company

    found = carry_out(upload("Company,City\nAcme,Bath\nOrion,Leeds\n"))
    change_company(by=member, id=Card.objects.get(label="Acme").id, values={"city": "London"})
    browser.post(f"/imports/{found.id}/undoing/")
    run_jobs()
    assert list(Card.objects.live().values_list("label", flat=True)) == ["Acme"]
    report = browser.get(f"/imports/{found.id}/").content.decode()
    assert "What stays" in report and "Acme" in report


def test_nobody_undoes_what_a_colleague_imported(upload: Any, carry_out: Any, make_member: Any) -> None:
    found = carry_out(upload("Company\nAcme\n"))
    colleague = make_member(rights=["imports.run"])
    with pytest.raises(NotFound):
        actions.undo(by=colleague, id=found.id)


def test_after_thirty_days_there_is_no_way_back(upload: Any, carry_out: Any, member: Any) -> None:
    from kernel.when import frozen, now

    found = carry_out(upload("Company\nAcme\n"))
    with frozen(now()) as clock:
        clock.advance(days=31)
        with pytest.raises(Conflict):
            actions.undo(by=member, id=found.id)


def test_old_files_are_forgotten(upload: Any, member: Any) -> None:
    from kernel import storage
    from kernel.when import frozen, now

    found = upload("Company\nAcme\n")
    stored = found.stored
    with frozen(now()) as clock:
        clock.advance(days=31)
        assert actions.forget_old(by=member) >= 1
    with pytest.raises(NotFound):
        storage.path_of(stored)


def test_what_happened_stands_in_the_history(upload: Any, carry_out: Any, member: Any) -> None:
    found = carry_out(upload("Company\nAcme\n"))
    actions.undo(by=member, id=found.id)
    verbs = list(
        Event.objects.filter(verb__startswith="imports.").order_by("id").values_list("verb", flat=True)
    )
    assert verbs == ["imports.started", "imports.finished", "imports.undone"]
    made = Event.objects.get(verb="clients.created", record_label="Acme")
    assert (made.cause, made.change_set) == ("import", found.change_set)


def test_a_draft_is_listed_and_removed(upload: Any, browser: Any) -> None:
    found = upload("Company\nAcme\n")
    assert "list.csv" in browser.get("/imports/").content.decode()
    assert browser.post(f"/imports/{found.id}/removal/").status_code == 302
    assert not Import.objects.exists()


def test_a_large_file_is_checked_in_the_background(browser: Any) -> None:
    text = "Company,E-mail\n" + "".join(f"Company {n},info@company{n}.example\n" for n in range(30_000))
    file = io.BytesIO(text.encode())
    file.name = "large.csv"
    sent = browser.post("/imports/new/", {"file": file})
    page = browser.get(sent.url).content.decode()
    assert "being checked" in page and 'hx-trigger="every 1s"' in page
    run_jobs()
    found = Import.objects.get()
    assert found.facts["counts"]["new"] == 30_000
    assert "Import 30,000 rows" in browser.get(sent.url).content.decode()


def test_a_stopped_import_goes_on_where_it_was(upload: Any, member: Any, browser: Any) -> None:
    from kernel.jobs.models import Job

    text = "Id,Company\n" + "".join(f"{n},Company {n}\n" for n in range(700))
    found = actions.start(by=member, id=upload(text).id)
    Job.objects.filter(id=found.job_id).update(stop_wanted=True)
    run_jobs()
    assert "The import was stopped" in browser.get(f"/imports/{found.id}/").content.decode()
    assert browser.post(f"/imports/{found.id}/continuation/").status_code == 302
    run_jobs()
    found.refresh_from_db()
    assert (found.state, found.counts["company.created"]) == ("done", 700)
    assert Card.objects.live().count() == 700


def test_a_role_that_may_not_add_deals_is_told_before(upload: Any, make_member: Any, client_for: Any) -> None:
    clerk = make_member(rights=["imports.run", "clients.view", "clients.edit"])
    found = upload("Deal name,Stage\nOne,Proposal\n", kind="deal", by=clerk)
    page = client_for(clerk).get(f"/imports/{found.id}/columns/").content.decode()
    assert "Your role may not add records of this kind: Deals." in page


def test_the_page_of_columns_asks_little(upload: Any, client_for: Any, member: Any) -> None:
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    found = upload(
        ",".join(["Company", *(f"Column {n}" for n in range(60))])
        + "\n"
        + ",".join(["Acme"] + ["x"] * 60)
        + "\n"
    )
    browser = client_for(member)
    with CaptureQueriesContext(connections["tenant"]) as asked:
        assert browser.get(f"/imports/{found.id}/columns/").status_code == 200
    assert len(asked.captured_queries) <= 45, "\n".join(one["sql"][:150] for one in asked.captured_queries)
