"""Rows with errors: listed, mended in place, left out, taken out as a table, mended there and imported again."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from crm_core.imports import actions
from crm_core.imports.models import Import, ImportRow
from crm_core.records.models import Card
from tests.support.tenants import run_jobs

FILE = "Company,E-mail,City\nAcme,info@acme.example,Bath\nPilgrim,orders@pilgrim,Leeds\nTern,buying@tern;example,York\n"


def names() -> list[str]:
    return sorted(Card.objects.live().values_list("label", flat=True))


def test_wrong_rows_are_listed_with_line_and_reason(upload: Callable[..., Import], browser: Any) -> None:
    found = upload(FILE)
    page = browser.get(f"/imports/{found.id}/columns/?show=wrong").content.decode()
    assert "To fix" in page
    assert "orders@pilgrim" in page and "Bath" not in page
    assert 'name="cell-1"' in page


def test_a_row_is_mended_in_place_and_imported(
    upload: Any, carry_out: Any, browser: Any, member: Any
) -> None:
    found = upload(FILE)
    browser.post(f"/imports/{found.id}/rows/2/", {"cell-1": "orders@pilgrim.example"})
    assert found.rows.get(number=2).state == ImportRow.State.MENDED
    found = actions.check(by=member, id=found.id)
    assert found.facts["counts"]["wrong"] == 1
    carry_out(found)
    assert names() == ["Acme", "Pilgrim"]


def test_what_was_typed_stays_if_it_is_still_wrong(upload: Any, browser: Any) -> None:
    found = upload(FILE)
    browser.post(f"/imports/{found.id}/rows/2/", {"cell-1": "orders@@pilgrim.example"})
    row = found.rows.get(number=2)
    assert (row.state, row.cells[1]) == (ImportRow.State.WRONG, "orders@@pilgrim.example")
    page = browser.get(f"/imports/{found.id}/columns/?show=wrong").content.decode()
    assert "orders@@pilgrim.example" in page


def test_a_suggestion_is_one_press(upload: Any, browser: Any) -> None:
    found = upload(FILE)
    page = browser.get(f"/imports/{found.id}/columns/?show=wrong").content.decode()
    assert "1:buying@tern.example" in page
    browser.post(f"/imports/{found.id}/rows/3/", {"fix": "1:buying@tern.example"})
    assert found.rows.get(number=3).state == ImportRow.State.MENDED


def test_one_mending_for_all_rows_alike(upload: Any, browser: Any) -> None:
    found = upload("Company,E-mail\n" + "".join(f"Acme {n},a@b;example\n" for n in range(3)))
    browser.post(f"/imports/{found.id}/rows/1/", {"alike": "1:a@b.example"})
    assert found.rows.filter(state=ImportRow.State.MENDED).count() == 3


def test_a_row_is_left_out_and_taken_back(upload: Any, browser: Any, member: Any) -> None:
    found = upload(FILE)
    browser.post(f"/imports/{found.id}/rows/2/", {"out": "yes"})
    assert actions.check(by=member, id=found.id).facts["counts"]["out"] == 1
    browser.post(f"/imports/{found.id}/rows/2/", {"out": "no"})
    assert actions.check(by=member, id=found.id).facts["counts"]["wrong"] == 2


def test_rows_mended_after_the_import_belong_to_it(
    upload: Any, carry_out: Any, browser: Any, member: Any
) -> None:
    found = carry_out(upload(FILE))
    assert names() == ["Acme"]
    report = browser.get(f"/imports/{found.id}/").content.decode()
    assert "2 rows to fix" in report and "Line 3" in report
    assert browser.get(f"/imports/{found.id}/rows/").status_code == 200
    browser.post(f"/imports/{found.id}/rows/2/", {"cell-1": "orders@pilgrim.example"})
    browser.post(f"/imports/{found.id}/continuation/")
    run_jobs()
    assert names() == ["Acme", "Pilgrim"]
    found.refresh_from_db()
    assert found.counts["company.created"] == 2
    actions.undo(by=member, id=found.id)
    assert names() == []


def test_the_table_of_wrong_rows_comes_back_mended(
    upload: Any, carry_out: Any, browser: Any, member: Any
) -> None:
    found = upload(FILE)
    actions.settle(
        by=member, id=found.id, kind="", mapping={"0": "company.name", "1": "company.email", "2": "company.province"},
        options={},
    )  # fmt: skip
    found = carry_out(actions.check(by=member, id=found.id))
    table = b"".join(browser.get(f"/imports/{found.id}/rows.csv").streaming_content).decode("utf-8-sig")
    assert table.splitlines()[0] == "Company,E-mail,City,Line in the file,What to fix"
    mended = table.replace("orders@pilgrim,", "orders@pilgrim.example,").replace(
        "buying@tern;example,", "buying@tern.example,"
    )
    again = actions.check(
        by=member, id=actions.upload(by=member, source=io.BytesIO(mended.encode()), name="x.csv").id
    )
    # What was said about these columns before is remembered, the added columns notwithstanding.
    assert again.mapping == {"0": "company.name", "1": "company.email", "2": "company.province"}
    assert again.facts["counts"]["new"] == 2
    carry_out(again)
    assert names() == ["Acme", "Pilgrim", "Tern"]


def test_the_mapping_is_remembered_for_files_with_the_same_headings(
    upload: Any, carry_out: Any, member: Any
) -> None:
    first = upload("Kunde,Ort\nAcme,Bath\n")
    mapping = {"0": "company.name", "1": "company.city"}
    actions.settle(by=member, id=first.id, kind="", mapping=mapping, options={"existing": "overwrite"})
    carry_out(actions.check(by=member, id=first.id))
    second = upload("KUNDE,ort\nOrion,Leeds\n")
    assert (second.mapping, second.options["existing"]) == (mapping, "overwrite")
    assert second.facts["remembered"]
