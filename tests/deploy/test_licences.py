"""The licences of what is installed, and the question for known weaknesses, asked of a stand-in."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from deploy.checks import audit, components, licences
from deploy.checks.licences import Row

NOTICE = "psycopg, psycopg-pool  LGPL-3.0-only"


@pytest.mark.parametrize(
    ("licence", "name", "said"),
    [
        ("MIT", "one", ""),
        ("MIT OR GPL-3.0-only", "one", ""),
        ("MIT AND GPL-3.0-only", "one", "which the house does not allow"),
        ("AGPL-3.0-only", "one", "which the house does not allow"),
        ("LGPL-3.0-only", "psycopg-pool", ""),
        ("LGPL-3.0-only", "psycopg", ""),
        ("LGPL-3.0-only", "pool", "name it in NOTICE"),
        ("", "one", "does not say its licence"),
    ],
)
def test_what_is_allowed(licence: str, name: str, said: str) -> None:
    found = licences.fault(Row(name, "1", licence, True), NOTICE)
    assert (said in found) if said else found == ""


def test_every_package_of_the_product_has_a_licence() -> None:
    """What is installed for work only may be missing here; what is shipped may not."""
    shipped = [row for row in licences.rows() if row.shipped]
    assert len(shipped) > 50
    assert [row.name for row in shipped if not row.licence] == []
    assert f"{len(licences.rows())} packages" in licences.report()[-1]


def test_the_list_of_parts_is_whole_and_the_same_each_time() -> None:
    made = json.loads(components.document())
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    packages = [one for one in made["components"] if one["type"] == "library"]
    assert {one["name"] for one in packages} == {row.name for row in licences.rows() if row.shipped}
    for one in made["components"]:
        assert one["version"]
        assert one["licenses"][0]["expression"]
        assert all(len(each["content"]) == 64 for each in one["hashes"])
        assert one["hashes"], one["name"]
    assert any("htmx" in one["name"] for one in made["components"] if one["type"] == "file")
    assert components.document() == components.document()


class Advisories(BaseHTTPRequestHandler):
    """Answers like osv.dev: known weaknesses of package ``weak`` in version 1.0."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        results = [
            {"vulns": [{"id": "PYSEC-2026-1"}]}
            if (query["package"]["name"], query["version"]) == ("weak", "1.0")
            else {}
            for query in asked["queries"]
        ]
        body = json.dumps({"results": results}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def advisories() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Advisories)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/querybatch"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_known_weakness_is_told(advisories: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pins = [("good", "1.0"), ("weak", "1.0")]
    said = audit.weaknesses(pins, advisories)
    assert len(said) == 1
    assert said[0].startswith("weak 1.0: PYSEC-2026-1")
    assert audit.weaknesses([("weak", "1.1")], advisories) == []
    monkeypatch.setattr(audit, "LIVED_WITH", {"PYSEC-2026-1": ("never called", "2999-01-01")})
    assert audit.weaknesses(pins, advisories) == []
    monkeypatch.setattr(audit, "LIVED_WITH", {"PYSEC-2026-1": ("never called", "2026-01-01")})
    assert audit.weaknesses(pins, advisories) == said, "an excuse has its day"


def test_without_an_answer_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEREM_AUDIT", "http://127.0.0.1:9/v1/querybatch")
    monkeypatch.delenv("TEREM_REQUIRE", raising=False)
    said, code = audit.command()
    assert code == 0
    assert "NOT audited" in said[0]
    monkeypatch.setenv("TEREM_REQUIRE", "helm,audit")
    assert audit.command()[1] == 1


def test_the_locks_are_asked_about_whole(monkeypatch: pytest.MonkeyPatch, advisories: str) -> None:
    monkeypatch.setenv("TEREM_AUDIT", advisories)
    said, code = audit.command()
    assert (said, code) == ([f"{len(audit.locked())} packages, no known weakness."], 0)
    assert len(audit.locked()) > 90
