"""A full disk in seconds: the database takes nothing, a file finds no room; people read on and lose nothing typed."""

from __future__ import annotations

import errno
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core.files.uploadhandler import SkipFile
from django.test import RequestFactory

from kernel import context, storage, uploads
from kernel.jobs import Running, background, relay
from kernel.when import now
from tests.support import cluster
from tests.support.plugin import DATABASE
from tests.support.tenants import Browser, Company, run_queue, sign_in
from tests.support.visitor import forms_of

# What the server says when it cannot extend a table, and what a copy says that only reads.
STATES = ("disk_full", "read_only_sql_transaction")


@pytest.fixture
def company(own_tenant: Callable[..., Company]) -> Company:
    return own_tenant("Full")


@pytest.fixture
def browser(company: Company) -> Browser:
    from tenants import api

    found = Browser(company.host)
    found.raise_request_exception = False
    with api.inside(company.tenant, cause="page"):
        return sign_in(found, company.owner)


@background("tests.no_room", retries=1)
def no_room(job: Running) -> None:
    raise OSError(errno.ENOSPC, "No space left on device: /secret/place")


def test_work_waits_for_room_however_long_it_takes(company: Company) -> None:
    from tenants import api

    with api.inside(company.tenant):
        job = no_room.later(by=company.owner)
    for _try in range(12):
        with context.enter(context.Context(cause="job")):
            relay._control("UPDATE relay.ticket SET due = now() WHERE id = %s", [job.id])
        run_queue()
    with api.inside(company.tenant):
        job.refresh_from_db()
        assert (job.state, job.attempts) == ("waiting", 12)
        assert "Nothing can be saved just now" in job.error
        assert "secret" not in job.error
    with context.enter(context.Context(cause="job")):
        relay.drop_all(company.tenant.schema_name)


@contextmanager
def refusing(run: cluster.Run, company: Company, state: str) -> Iterator[None]:
    """Every table of the company refuses what is written, with the server's own state for it."""
    schema = company.tenant.schema_name
    with psycopg.connect(run.servers.postgres.superuser_dsn, dbname=DATABASE, autocommit=True) as line:
        line.execute(
            f"CREATE FUNCTION {schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS"  # type: ignore[arg-type]
            f" $$BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '{state}'; END$$"
        )
        tables = line.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema]).fetchall()
        for (table,) in tables:
            line.execute(
                f"CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON {schema}.{table} EXECUTE FUNCTION {schema}.refuse()"  # type: ignore[arg-type]
            )
        try:
            yield
        finally:
            line.execute(f"DROP FUNCTION {schema}.refuse() CASCADE")  # type: ignore[arg-type]


@pytest.mark.parametrize("state", STATES)
def test_reading_goes_on_and_a_write_is_refused_in_words(
    test_run: cluster.Run, company: Company, browser: Browser, state: str
) -> None:
    from crm_core.team.models import Session
    from tenants import api

    with api.inside(company.tenant, cause="page"):
        # The next request would note that the session is in use.
        Session.objects.update(seen_at=now() - timedelta(hours=1))
    typed = {"name": 'Acme "& sons', "description": "\nFirst line\nsecond"}
    with refusing(test_run, company, state):
        assert browser.get("/companies/").status_code == 200
        answer = browser.post("/companies/new/", typed)
        part = browser.post("/companies/new/", typed, headers={"HX-Request": "true"})
    for found in (answer, part):
        assert found.status_code == 503
        assert found["Retry-After"] == "60"
        assert "Nothing can be saved just now" in found.content.decode()
        assert b"No space" not in found.content
    assert b"http-equiv" not in answer.content, "a page that loads itself anew would lose what was typed"
    _action, held = forms_of(answer.content.decode())[-1]
    assert held.keys() >= typed.keys()
    assert browser.post("/companies/new/", typed).status_code == 302


def test_the_page_sends_again_what_was_typed(
    test_run: cluster.Run, company: Company, browser: Browser
) -> None:
    with refusing(test_run, company, "disk_full"):
        page = browser.post("/companies/new/", {"name": 'A "& <b>sons', "description": "\n two\nlines "})
    fields = dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="(.*?)">', page.content.decode(), re.DOTALL)
    )
    assert fields["name"] == "A &quot;&amp; &lt;b&gt;sons"
    assert fields["description"] == "\n two\nlines "


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_file_without_room_is_said_at_the_field(
    own_tenant: Callable[..., Company], monkeypatch: Any, language: str
) -> None:
    from tenants import api

    company = own_tenant("Files", language)
    browser = Browser(company.host)
    with api.inside(company.tenant, cause="page"):
        sign_in(browser, company.owner)
    table = io.BytesIO(b"Company,City\nAcme,Bath\n")
    table.name = "table.csv"

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("kernel.storage.os.fsync", full)
        answer = browser.post("/imports/new/", {"file": table, "kind": "company"})
    assert answer.status_code == 422
    assert str(answer.context["form"].errors["file"][0])
    if language == "en":
        assert "no room on the server for this file" in answer.content.decode()
    with api.inside(company.tenant, cause="page"):
        assert storage.names() == []
        assert not list(storage.folder_of(company.tenant.schema_name).rglob("*.part"))
    table.seek(0)
    assert browser.post("/imports/new/", {"file": table, "kind": "company"}).status_code == 302


def test_a_large_file_is_let_go_of_where_it_waits() -> None:
    """The folder in which large files wait is full: a device that is always so."""
    request = RequestFactory().post("/")
    handler = uploads.Kept(request)
    handler.new_file("file", "table.csv", "text/csv", None)
    handler.file.file.close()
    handler.file.file = open("/dev/full", "wb")  # noqa: SIM115 (the handler closes it)
    with pytest.raises(SkipFile):
        for start in range(0, 1 << 20, 1 << 16):
            handler.receive_data_chunk(b"x" * (1 << 16), start)
    with pytest.raises(uploads.Invalid, match="no room"):
        uploads.demand_arrived(request)
