"""Leaving: closed, reminded, kept after all; or erased, and then the planted marker is nowhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from psycopg import sql

from kernel import cache, context
from kernel.errors import Invalid, NotFound
from kernel.when import now
from tenants import api, leaving, schemas
from tenants.backups import copies, restoring, taking
from tenants.backups.models import Departure, Snapshot, TenantKey
from tenants.domains.asking import Found
from tenants.models import Tenant
from tests.support.tenants import Browser, Company, open_company, sign_in
from tests.tenants.backups.conftest import fill

MARK = "Zq7marker"


@pytest.fixture(autouse=True)
def command(database: None) -> Iterator[None]:
    with context.enter(context.Context(cause="command")):
        yield


def start(company: Company, reason: str = "We part.") -> Departure:
    return leaving.start(tenant_id=company.tenant.id, by="anna@example.com", reason=reason)


def test_closed_reminded_and_kept_after_all(
    own_tenant: Callable[..., Company], mailoutbox: list[Any]
) -> None:
    company = own_tenant("Undecided")
    with pytest.raises(Invalid):
        start(company, " ")
    found = start(company)
    assert Client(HTTP_HOST=company.host).get("/").status_code == 403
    assert found.erase_at - now() > timedelta(days=settings.TEREM_GRACE_DAYS - 1)
    owner = f"owner@{company.tenant.slug}.example"
    assert [letter.to for letter in mailoutbox] == [[owner]]
    assert "Undecided" in mailoutbox[0].subject
    link = re.search(r"http://terem\.test(/leaving/\S+/)", mailoutbox[0].body)
    assert link
    assert leaving.remind() == 0
    for left, letters in ((13, 2), (13, 2), (6, 3), (0.5, 4)):
        Departure.objects.filter(id=found.id).update(erase_at=now() + timedelta(days=left))
        leaving.remind()
        assert len(mailoutbox) == letters
    public = Client(HTTP_HOST="terem.test")
    assert "Undecided" in public.get(link[1]).content.decode()
    assert public.get(link[1][:-3] + "xx/").status_code == 404
    assert public.post(link[1]).status_code == 302
    assert Client(HTTP_HOST=company.host).get("/").status_code == 302
    assert Departure.objects.get(id=found.id).contacts == []
    assert public.post(link[1]).status_code == 404, "what is kept cannot be kept again"
    leaving.erase_due(now() + timedelta(days=99))
    assert Client(HTTP_HOST=company.host).get("/").status_code == 302


def test_nothing_is_left_but_the_certificate(mailoutbox: list[Any]) -> None:
    neighbour = open_company("Neighbour", "neighbour-of-leaving")
    company = open_company(f"{MARK} Ltd", f"{MARK.lower()}-ltd", email="owner@leaving.example")
    with api.inside(company.tenant, cause="page", actor=company.owner_id):
        fill(company.owner, MARK)
        browser = sign_in(Browser(company.host), company.owner)
        cache.put("words", MARK, seconds=600)
    assert MARK in browser.get("/companies/").content.decode()
    domain = api.add_domain(
        tenant_id=company.tenant.id, name=f"crm.{MARK.lower()}.example", by=f"owner@{MARK.lower()}.example"
    )
    api.note_domain(tenant_id=company.tenant.id, domain_id=domain.id, found=Found("found", "found"))
    assert Client(HTTP_HOST=domain.host).get("/").status_code == 302
    key = str(company.owner_id)
    browser.post("/support/new/", {"key": key, "subject": f"About {MARK}", "text": f"{MARK} does not open"})
    assert "public.tenants_question" in _in_tables()
    snapshot = taking.take(company.tenant, Snapshot.Kind.ASKED)
    copies.beside(snapshot, by=None, reason=f"{MARK} asked")
    assert everywhere(), "the marker can be found as long as it is there"
    found = start(company, f"{MARK} leaves")
    assert leaving.erase_due(now() + timedelta(days=settings.TEREM_GRACE_DAYS + 1)) >= 1
    assert everywhere() == []
    assert not TenantKey.objects.filter(tenant_id=company.tenant.id).exists()
    with pytest.raises(NotFound):
        restoring.check(snapshot)
    with pytest.raises(Invalid):
        api.check_slug(f"{MARK.lower()}-ltd")
    assert Client(HTTP_HOST=company.host).get("/").status_code == 404
    assert Client(HTTP_HOST=domain.host).get("/").status_code == 404
    assert Client(HTTP_HOST=neighbour.host).get("/").status_code == 302

    found.refresh_from_db()
    assert found.sent_at is not None
    assert found.contacts == []
    letter = mailoutbox[-1]
    assert letter.to == ["owner@leaving.example"]
    assert found.certificate["cluster_backups_gone_on"] in letter.body
    assert leaving.verify(found.certificate)
    assert not leaving.verify({**found.certificate, "erased_at": "2020-01-01"})


def everywhere() -> list[str]:
    """Every store in use that holds the marker: each table of each schema, Redis, files, backups, notes, logs."""
    return [*_in_tables(), *_in_redis(), *_in_folders()]


def _in_tables() -> list[str]:
    found = []
    with schemas.owner() as connection:
        tables = connection.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            # A table without a single block has no row; most tables of hundreds of schemas are such.
            " WHERE c.relkind IN ('r', 'p', 'm') AND (c.relkind = 'p' OR pg_relation_size(c.oid) > 0) AND (n.nspname LIKE 't\\_%' OR n.nspname IN ('public', 'relay', 'ext'))"
        ).fetchall()
        for schema, table in tables:
            try:
                row = connection.execute(
                    sql.SQL("SELECT 1 FROM {} AS t WHERE t::text ILIKE %s LIMIT 1").format(
                        sql.Identifier(schema, table)
                    ),
                    [f"%{MARK}%"],
                ).fetchone()
            except psycopg.errors.InsufficientPrivilege:
                continue
            if row:
                found.append(f"{schema}.{table}")
    return found


def _in_redis() -> list[str]:
    shared = redis.Redis.from_url(settings.TEREM_REDIS)
    found = []
    for key in shared.scan_iter(count=1000):
        held = shared.dump(key) or b""
        if MARK.lower().encode() in key.lower() + held.lower():
            found.append(key.decode("utf-8", "replace"))
    return found


def _in_folders() -> list[str]:
    found = []
    for folder in {settings.TEREM_STORAGE, settings.TEREM_BACKUPS, settings.TEREM_VAR}:
        for path in Path(folder).rglob("*"):
            if MARK.lower() in path.name.lower() or (
                path.is_file() and MARK.lower().encode() in path.read_bytes().lower()
            ):
                found.append(str(path))
    return found


def test_by_command(own_tenant: Callable[..., Company], tmp_path: Path, capsys: Any) -> None:
    company = own_tenant("Commanded")
    call_command("closing", "start", company.tenant.slug, reason="Asked by letter.")
    call_command("closing", "cancel", company.tenant.slug)
    call_command("closing", "start", company.tenant.slug, reason="Asked again.")
    with pytest.raises(CommandError):
        call_command("closing", "erase", company.tenant.slug, name="Other")
    capsys.readouterr()
    call_command("closing", "erase", company.tenant.slug, name="Commanded")
    text = capsys.readouterr().out
    file = tmp_path / "certificate.json"
    file.write_text(text)
    call_command("closing", "verify", str(file))
    file.write_text(json.dumps(json.loads(text) | {"workspace": "another"}))
    with pytest.raises(CommandError):
        call_command("closing", "verify", str(file))
    assert Tenant.objects.get(id=company.tenant.id).name == ""
