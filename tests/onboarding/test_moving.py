"""A company moves to another installation and comes back: nothing is lost, nobody works into the void, visitors are sent on."""

from __future__ import annotations

import json
import re
import secrets
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from deploy.local.servers import Secrets
from kernel import context
from kernel.when import now
from tenants import api, bulletin
from tenants.console import maintenance
from tests.support import cluster
from tests.support.product import RunningProduct
from tests.support.tenants import Browser, Company, sign_in

# Facts of the move itself, and who has which account here.
OF_THE_MOVE = {"events_event", "team_member", "team_invitation", "exports_export", "jobs_job"}


@pytest.fixture
def installations(test_run: cluster.Run) -> Iterator[list[RunningProduct]]:
    """Two installations with keys, databases, stores and letters of their own; no process runs."""
    made = []
    for name in ("move_here", "move_there"):
        product = RunningProduct(test_run, f"{name}_{secrets.token_hex(3)}")
        keys = Secrets.made()
        product.more |= {
            "TEREM_RESERVE": "0", "TEREM_SECRET_KEY": keys.key, "TEREM_MASTER_KEYS": keys.master,
        }  # fmt: skip
        cluster.create_database(product.run, product.database)
        product.start_redis()
        product.manage("install")
        made.append(product)
    yield made
    for product in made:
        product.stop()


def tables_of(archive: Path) -> dict[str, tuple[int, str]]:
    with zipfile.ZipFile(archive) as source:
        told = json.loads(source.read("manifest.json"))["tables"]
    return {one["name"]: (one["rows"], one["digest"]) for one in told}


def facts_of(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as source:
        return source.read("data/events_event.jsonl").decode().splitlines()


def files_of(archive: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(archive) as source:
        return [
            one for one in json.loads(source.read("manifest.json"))["files"] if "exports/" not in one["name"]
        ]


def test_there_and_back_with_nothing_lost(installations: list[RunningProduct], tmp_path: Path) -> None:
    here, there = installations
    here.manage("demo")
    away, back, again = (tmp_path / f"{name}.zip" for name in ("away", "back", "again"))
    said = here.manage("move", "out", "demo", str(away))
    assert re.search(r"[1-9]\d* rows", said)
    assert away.stat().st_mode & 0o777 == 0o600

    said = there.manage("move", "in", str(away), "--slug", "demo")
    assert re.search(r"0 have an account here; [1-9]\d* were invited", said)
    assert there.letters(), "nobody was invited"
    there.manage("move", "out", "demo", str(back))
    first, second = tables_of(away), tables_of(back)
    assert {name for name in first if first[name] != second[name]} <= OF_THE_MOVE
    assert set(facts_of(away)) <= set(facts_of(back))
    assert files_of(away) == files_of(back)

    name = json.loads(zipfile.ZipFile(away).read("manifest.json"))["workspace"]["name"]
    assert "erased on" in here.manage("move", "gone", "demo", "--to", "https://crm.example.com/")
    here.manage("closing", "erase", "demo", "--name", name)
    assert "have an account here" in here.manage("move", "in", str(back), "--slug", "demo", "--returns")
    here.manage("move", "out", "demo", str(again))
    third = tables_of(again)
    assert {name for name in first if first[name] != third[name]} <= OF_THE_MOVE
    assert set(facts_of(back)) <= set(facts_of(again))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulletin, "FRESH_SECONDS", -1.0)


def move(*arguments: str) -> str:
    told = StringIO()
    call_command("move", *arguments, stdout=told)
    return told.getvalue()


@pytest.mark.usefixtures("at_once")
def test_who_moves_stands_still_until_it_is_over(own_tenant: Callable[..., Company], tmp_path: Path) -> None:
    company = own_tenant("Mover")
    with api.inside(company.tenant, cause="page", actor=company.owner_id):
        browser = sign_in(Browser(company.host), company.owner)
    slug = company.tenant.slug
    move("out", slug, str(tmp_path / "one.zip"))
    assert browser.get("/companies/").status_code == 200
    assert browser.post("/companies/new/", {"name": "Lost"}).status_code == 503
    with context.enter(context.Context(cause="command")):
        assert maintenance.of_tenant(company.tenant) is not None
    move("stay", slug)
    assert browser.post("/companies/new/", {"name": "Kept"}).status_code in (200, 302)


@pytest.mark.usefixtures("at_once")
def test_a_file_that_exists_is_not_overwritten_and_nothing_stands_still(
    own_tenant: Callable[..., Company], tmp_path: Path
) -> None:
    company = own_tenant("Mover")
    place = tmp_path / "one.zip"
    place.write_text("mine")
    with pytest.raises(CommandError, match="exists already"):
        move("out", company.tenant.slug, str(place))
    assert place.read_text() == "mine"
    with context.enter(context.Context(cause="command")):
        assert maintenance.of_tenant(company.tenant) is None


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("still_before", [True, False])
def test_a_move_that_fails_leaves_the_workspace_as_it_was(
    own_tenant: Callable[..., Company], tmp_path: Path, still_before: bool
) -> None:
    company = own_tenant("Mover")
    with context.enter(context.Context(cause="command")):
        if still_before:
            until = now() + timedelta(minutes=9)
            maintenance.begin(
                mode="readonly", reason="A disk is changed", until=until, tenant_id=company.tenant.id
            )
        with pytest.raises((CommandError, OSError)):
            move("out", company.tenant.slug, str(tmp_path / "no such folder" / "one.zip"))
        found = maintenance.of_tenant(company.tenant)
        if found is not None:
            maintenance.end(id=found.id)
    assert (found is not None and found.reason == "A disk is changed") == still_before


@pytest.mark.parametrize("language", ["en", "ru"])
def test_visitors_are_sent_on(own_tenant: Callable[..., Company], language: str) -> None:
    company = own_tenant("Mover")
    slug = company.tenant.slug
    for wrong in ("http://crm.example.com/", "javascript:alert(1)", "crm.example.com"):
        with pytest.raises(CommandError, match="https"):
            move("gone", slug, "--to", wrong)
    move("gone", slug, "--to", "https://crm.example.com/")
    answer = Browser(company.host).get("/companies/", headers={"accept-language": language})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert 'href="https://crm.example.com/"' in page
    assert ("has moved" if language == "en" else "переех") in page
