"""The page that shows proof: what really ran, on what code, with what result; nothing where nothing ran."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kernel import proof
from tenants import api, proving
from tests.support.proof import Prover
from tests.support.tenants import Browser, sign_in

PAGE = "/settings/isolation/"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(proof, "PLACE", tmp_path / "proof.json")
    return tmp_path / "proof.json"


def test_nothing_is_claimed_before_anything_ran(member: Any, client_for: Any) -> None:
    page = client_for(member).get(PAGE).content.decode()
    assert page.count("Not run yet.") == 2
    assert "All passed" not in page
    assert "All refused" not in page


def test_the_report_of_the_suite(member: Any, client_for: Any, place: Path) -> None:
    checks = {"test_crawl": 170, "test_jobs": 12, "test_guards": 9, "test_rights": 80}
    proof.write(proof.Report(datetime(2026, 11, 20, 9, 30, tzinfo=UTC), proof.sources(), 300, checks))
    page = client_for(member).get(PAGE).content.decode()
    for words in ("170", "12", "80", "the release that runs now", "All passed"):
        assert words in page
    proof.write(proof.Report(datetime(2026, 11, 20, 9, 30, tzinfo=UTC), "0" * 64, 300, checks))
    assert "an earlier state of the code" in client_for(member).get(PAGE).content.decode()
    place.write_text("{broken")
    assert client_for(member).get(PAGE).content.decode().count("Not run yet.") == 2


def test_tried_with_the_real_connections(own_tenant: Any) -> None:
    """PostgreSQL refuses every table; the page tells so."""
    one, _other = own_tenant("One"), own_tenant("Other")
    found = proving.prove(one.tenant)
    assert found is not None
    assert (found.faults, found.tried) == (0, len(proving._names()) + 2)
    with api.inside(one.tenant, cause="page"):
        browser = sign_in(Browser(one.host), one.owner)
    page = browser.get(PAGE).content.decode()
    assert "All refused" in page
    assert str(found.tried) in page


def test_a_hole_is_found_and_told(own_tenant: Any) -> None:
    """With a right that nobody should have, the proof fails: it does not merely look at our own code."""
    from tenants import schemas

    one, other = own_tenant("Holed"), own_tenant("Intruder")
    here, there = one.tenant.schema_name, other.tenant.schema_name
    with schemas.owner() as connection:
        connection.execute(f"GRANT USAGE ON SCHEMA {here} TO {there}")  # type: ignore[arg-type]
        connection.execute(f"GRANT SELECT ON {here}.team_member TO {there}")  # type: ignore[arg-type]
        try:
            assert proving._tables(one.tenant, other.tenant) == ["team_member"]
        finally:
            connection.execute(f"REVOKE ALL ON {here}.team_member FROM {there}")  # type: ignore[arg-type]
            connection.execute(f"REVOKE ALL ON SCHEMA {here} FROM {there}")  # type: ignore[arg-type]


def report(name: str, outcome: str = "passed") -> Any:
    return SimpleNamespace(
        nodeid=name, when="call", outcome=outcome, passed=outcome == "passed", failed=outcome == "failed"
    )


@pytest.mark.parametrize("spoil", ["", "failed", "deselected", "keyword", "missing"])
def test_only_a_full_and_faultless_run_is_written(spoil: str, place: Path, pytestconfig: Any) -> None:
    prover = Prover()
    files = sorted(path.stem for path in (pytestconfig.rootpath / "tests/isolation").glob("test_*.py"))
    for name in files[1:] if spoil == "missing" else files:
        prover.pytest_runtest_logreport(report(f"tests/isolation/{name}.py::test_one"))
    if spoil == "failed":
        prover.pytest_runtest_logreport(report("tests/isolation/test_jobs.py::test_two", "failed"))
    if spoil == "deselected":
        prover.pytest_deselected([SimpleNamespace(nodeid="tests/isolation/test_jobs.py::test_two")])
    options = {"keyword": "jobs" if spoil == "keyword" else "", "markexpr": ""}
    config = SimpleNamespace(rootpath=pytestconfig.rootpath, getoption=options.get)
    prover.pytest_sessionfinish(SimpleNamespace(config=config), 0)  # type: ignore[arg-type]
    assert place.exists() is (spoil == "")
