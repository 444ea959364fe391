"""Taking everything out: through the page, as a job, as one archive that nothing is missing from."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from django.db import connections

from crm_core.clients.actions import create_company
from crm_core.exports.models import Export
from crm_core.exports.queries import tables
from kernel import storage
from kernel.jobs.models import Job
from tenants import api
from tests.support.tenants import Browser, Company, run_queue, sign_in

PAGE = "/settings/export/"


def filled(company: Company) -> Browser:
    """A company with a client whose name a spreadsheet would run, and a stored file."""
    with api.inside(company.tenant, cause="page", actor=company.owner_id):
        create_company(by=company.owner, values={"name": "=HYPERLINK(1) \\ Ёж «Три» \u2028 \t tab"})
        storage.save("papers/offer.pdf", io.BytesIO(b"%PDF offer"))
        return sign_in(Browser(company.host), company.owner)


def made(company: Company, browser: Browser) -> Export:
    assert browser.post(f"{PAGE}beginning/").status_code == 302
    run_queue()
    with api.inside(company.tenant):
        found: Export = Export.objects.get()
        assert found.state == "ready", Job.objects.get(id=found.job).error
        return found


def archive_of(browser: Browser, found: Export) -> zipfile.ZipFile:
    way = browser.post(f"{PAGE}{found.id}/fetching/")
    answer = browser.get(way.headers["Location"])
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_everything_is_in_the_archive(own_tenant: Any) -> None:
    company = own_tenant("Leaving")
    browser = filled(company)
    found = made(company, browser)
    archive = archive_of(browser, found)
    assert archive.testzip() is None
    names = set(archive.namelist())
    manifest = json.loads(archive.read("manifest.json"))
    with api.inside(company.tenant):
        for model in tables.tables():
            table = model._meta.db_table
            lines = archive.read(f"data/{table}.jsonl").splitlines()
            told = next(one for one in manifest["tables"] if one["name"] == table)
            with connections["tenant"].cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {table}")
                now_there = cursor.fetchone()[0]
            # The fetching itself is a fact of the history, and comes after the reading.
            assert len(lines) == told["rows"]
            assert table == "events_event" or now_there == told["rows"], table
            assert f"tables/{table}.csv" in names
    assert archive.read("files/papers/offer.pdf") == b"%PDF offer"
    assert {"README.en.txt", "README.ru.txt", "dictionary.en.html", "dictionary.json"} <= names
    assert not any(name.startswith("files/exports/") for name in names)


def test_lines_are_exact_and_sheets_are_harmless(own_tenant: Any) -> None:
    company = own_tenant("Exact")
    browser = filled(company)
    archive = archive_of(browser, made(company, browser))
    line = next(json.loads(line) for line in archive.read("data/records_card.jsonl").split(b"\n") if line)
    assert line["label"].startswith("=HYPERLINK(1) \\ Ёж «Три»")
    text = archive.read("tables/records_card.csv").decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text, newline="")))
    assert row["label"].startswith("'=HYPERLINK")
    assert row["id"] == line["id"]


def test_dictionary_names_every_column(own_tenant: Any) -> None:
    company = own_tenant("Dictionary")
    browser = filled(company)
    archive = archive_of(browser, made(company, browser))
    dictionary = json.loads(archive.read("dictionary.json"))["tables"]
    page = archive.read("dictionary.ru.html").decode()
    for told in json.loads(archive.read("manifest.json"))["tables"]:
        known = dictionary[told["name"]]
        assert [column["name"] for column in known["columns"]] == told["columns"]
        assert known["about"], f"{told['name']} has no docstring"
        assert f'id="{told["name"]}"' in page


def test_the_way_to_an_archive_is_narrow(own_tenant: Any) -> None:
    company = own_tenant("Narrow")
    browser = filled(company)
    found = made(company, browser)
    way = browser.post(f"{PAGE}{found.id}/fetching/").headers["Location"]
    assert Browser(company.host).get(way).status_code == 302
    assert browser.get(way[:-2] + "x/").status_code == 404
    assert browser.post(f"{PAGE}{found.id}/removal/").status_code == 302
    assert browser.get(way).status_code == 404
    with api.inside(company.tenant):
        assert not [name for name in storage.names() if name.startswith("exports/")]


def test_only_with_the_right(tenant: Any, make_member: Any, client_for: Any) -> None:
    browser = client_for(make_member(rights=["clients.view", "lists.export"]))
    assert browser.get(PAGE).status_code == 403
    assert browser.post(f"{PAGE}beginning/").status_code == 403


def test_goes_on_after_a_crash(own_tenant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dies while packing; the next worker reads nothing anew and the archive is the same."""
    from crm_core.exports.actions import making

    company = own_tenant("Crash")
    browser = filled(company)
    whole = making.pack

    def dies(*_arguments: Any) -> Any:
        raise OSError("the power is gone")

    monkeypatch.setattr(making, "pack", dies)
    browser.post(f"{PAGE}beginning/")
    run_queue()
    with api.inside(company.tenant):
        job = Job.objects.get(name="exports.make")
        assert (job.state, bool(job.checkpoint["tables"])) == ("waiting", True)
    monkeypatch.setattr(making, "pack", whole)
    monkeypatch.setattr(making, "_read", lambda *_arguments: pytest.fail("it was read already"))
    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE relay.ticket SET due = now() WHERE id = %s", [job.id])
    run_queue()
    with api.inside(company.tenant):
        assert Export.objects.get().state == "ready"
        assert [name for name in storage.names() if name.startswith("exports/")] == [
            Export.objects.get().stored
        ]
