"""Bringing an archive back: nothing is lost, and nothing hostile leaves anything behind."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from crm_core.activities import actions as activities
from crm_core.clients.actions import create_company
from crm_core.exports.models import Export
from crm_core.exports.queries.tables import columns, tables
from crm_core.notes.actions import add_note
from crm_core.records.actions import add_tag
from crm_core.sales.actions import open_deal
from kernel import context, storage
from kernel.ids import uuid7
from kernel.rows import write_lines
from tenants import api
from tests.crm_core.exports.test_making import PAGE
from tests.support.tenants import Browser, Company, run_queue, sign_in

Sheets = dict[str, bytes]


def digests(*, before: Any = None) -> dict[str, tuple[int, str]]:
    """Table → rows and digest of what stands there now; of facts, those up to a moment."""
    found = {}
    for model in tables():
        lines: list[bytes] = []
        write_lines(model, columns(model), lines.append)
        if before is not None and model._meta.db_table == "events_event":
            lines = [line for line in lines if json.loads(line)["verb"] not in before]
        found[model._meta.db_table] = (len(lines), b"".join(lines).decode())
    return found


@pytest.fixture
def company(own_tenant: Any) -> Company:
    """A company with something in most tables."""
    made: Company = own_tenant("Origin")
    with api.inside(made.tenant, cause="page", actor=made.owner_id):
        by = made.owner
        client = create_company(by=by, values={"name": "Ёж \\ «Три» 'x' \u2028 end"})
        add_note(by=by, card_id=client.card_id, text="First\nsecond \\n line")
        activities.plan(by=by, title="Call", card_id=client.card_id)
        open_deal(by=by, name="Deal", client_id=client.card_id)
        add_tag(by=by, card_id=client.card_id, name="Tag")
        storage.save("papers/offer.pdf", io.BytesIO(b"%PDF offer"))
    return made


@pytest.fixture
def archive(company: Company, tmp_path: Path) -> Path:
    """The company's archive on disk."""
    with api.inside(company.tenant, cause="page", actor=company.owner_id):
        browser = sign_in(Browser(company.host), company.owner)
    browser.post(f"{PAGE}beginning/")
    run_queue()
    with api.inside(company.tenant):
        place = tmp_path / "archive.zip"
        place.write_bytes(storage.path_of(Export.objects.get().stored).read_bytes())
    return place


def new_slug() -> str:
    return f"back-{uuid7().hex[-10:]}"


def take_in(path: Path) -> Any:
    slug = new_slug()
    call_command("take_in", str(path), "--slug", slug, stdout=io.StringIO())
    with context.enter(context.Context(cause="command")):
        return api.by_slug(slug)


def test_nothing_is_lost(company: Company, archive: Path) -> None:
    later = {"exports.finished", "exports.taken_in"}
    copy = take_in(archive)
    with api.inside(company.tenant):
        origin = digests(before=later)
    with api.inside(copy):
        assert digests(before=later) == origin
        with storage.open_file("papers/offer.pdf") as found:
            assert found.read() == b"%PDF offer"
        browser = sign_in(Browser(f"{copy.slug}.terem.test"), Company(copy, company.owner_id).owner)
    assert "Ёж" in browser.get("/companies/").content.decode()


def test_a_copy_of_a_copy_is_the_same(company: Company, archive: Path, tmp_path: Path) -> None:
    """What came in can go out again: the manifests of both archives agree but for the facts of moving."""
    copy = take_in(archive)
    with api.inside(copy, cause="page", actor=company.owner_id):
        browser = sign_in(Browser(f"{copy.slug}.terem.test"), Company(copy, company.owner_id).owner)
    browser.post(f"{PAGE}beginning/")
    run_queue()
    with api.inside(copy):
        again = json.loads(
            zipfile.ZipFile(storage.path_of(Export.objects.get().stored)).read("manifest.json")
        )
    first = json.loads(zipfile.ZipFile(archive).read("manifest.json"))
    for one, two in zip(first["tables"], again["tables"], strict=True):
        assert one == two or one["name"] == "events_event"
    assert first["files"] == again["files"]


def changed(archive: Path, change: Callable[[Sheets], None]) -> Path:
    with zipfile.ZipFile(archive) as source:
        sheets = {name: source.read(name) for name in source.namelist()}
    change(sheets)
    place = archive.with_name("changed.zip")
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in sheets.items():
            target.writestr(name, text)
    return place


def _tell(sheets: Sheets, change: Callable[[dict[str, Any]], Any]) -> None:
    manifest = json.loads(sheets["manifest.json"])
    change(manifest)
    sheets["manifest.json"] = json.dumps(manifest).encode()


HOSTILE: dict[str, tuple[Callable[[Sheets], Any], str]] = {
    "a path out of the house": (lambda s: s.update({"files/../../etc/passwd": b"x"}), "no archive of ours"),
    "a strange file": (lambda s: s.update({"run.exe": b"x"}), "no archive of ours"),
    "a bomb": (lambda s: s.update({"files/bomb": b"\0" * 50_000_000}), "swell"),
    "a changed row": (
        lambda s: s.update({"data/team_member.jsonl": s["data/team_member.jsonl"].replace(b"Owner", b"Crook")}),
        "damaged",
    ),
    "a changed file": (lambda s: s.update({"files/papers/offer.pdf": b"%PDF other"}), "damaged"),
    "a missing table": (lambda s: s.pop("data/team_member.jsonl"), "not an archive"),
    "no manifest": (lambda s: s.pop("manifest.json"), "not an archive"),
    "another manifest": (lambda s: s.update({"manifest.json": b"[1]"}), "not an archive"),
    "a table from the future": (
        lambda s: _tell(s, lambda m: m["tables"][0].update(name="future_table")),
        "newer release",
    ),
    "a column from the future": (
        lambda s: _tell(s, lambda m: m["tables"][0]["columns"].append("future")),
        "newer release",
    ),
    "a newer format": (lambda s: _tell(s, lambda m: m.update(version=2)), "newer release"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_archives(archive: Path, name: str) -> None:
    change, words = HOSTILE[name]
    slug = new_slug()
    with pytest.raises(CommandError, match=words):
        call_command("take_in", str(changed(archive, change)), "--slug", slug)
    _nothing_stayed(slug)


def _nothing_stayed(slug: str) -> None:
    from tenants.models import Tenant

    assert not Tenant.objects.filter(slug=slug).exists()


def test_no_zip_at_all(archive: Path) -> None:
    place = archive.with_name("text.zip")
    place.write_bytes(b"not a zip" * 1000)
    with pytest.raises(CommandError, match="not an archive"):
        call_command("take_in", str(place), "--slug", new_slug())


def test_rows_that_point_nowhere(archive: Path) -> None:
    """Made by hand with a right digest, but its cards are gone: the database refuses, and nothing stays."""
    import hashlib

    def change(sheets: Sheets) -> None:
        sheets["data/records_card.jsonl"] = b""

        def empty(manifest: dict[str, Any]) -> None:
            told = next(one for one in manifest["tables"] if one["name"] == "records_card")
            told.update(rows=0, digest=hashlib.sha256(b"").hexdigest())

        _tell(sheets, empty)

    slug = new_slug()
    with pytest.raises(CommandError, match="do not fit"):
        call_command("take_in", str(changed(archive, change)), "--slug", slug)
    _nothing_stayed(slug)


def test_an_inhabited_workspace_takes_nothing_in(company: Company, archive: Path) -> None:
    from crm_core.exports.actions import take_in as action
    from crm_core.exports.queries.archive import open_archive
    from kernel.errors import Conflict
    from kernel.rights import PLATFORM

    with api.inside(company.tenant), open_archive(archive) as found, pytest.raises(Conflict):
        action(by=PLATFORM, archive=found, account_of=lambda email: None)


def test_nobody_enters_as_somebody_else(company: Company, archive: Path) -> None:
    """A member whose address no account here has confirmed comes in without an account."""
    from crm_core.team.models import Member
    from identity import api as identity

    account = identity.by_email(f"owner@{company.tenant.slug}.example")
    account.emailaddress_set.update(verified=False)
    copy = take_in(archive)
    with api.inside(copy):
        assert Member.objects.get(id=company.owner_id).account_id is None
    account.emailaddress_set.update(verified=True)
