"""Caddy in front of the running product: a proved domain gets a certificate on demand, no other name does."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import ssl
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from deploy.local import places
from tests.support import cluster, edge, names
from tests.support.product import RunningProduct

pytestmark = pytest.mark.caddy

TOKEN = secrets.token_urlsafe(16)
DOMAIN = "crm.customer.example"


class Behind(RunningProduct):
    """The product behind an edge that ends TLS."""

    def __init__(self, run: cluster.Run, resolver: tuple[str, int]) -> None:
        super().__init__(run, f"edge_{secrets.token_hex(3)}")
        self.https = places.free_port()
        self.resolver = resolver

    def _settings(self) -> dict[str, str]:
        return super()._settings() | {
            "TEREM_SCHEME": "https",
            "TEREM_PORT": str(self.https),
            "TEREM_BEHIND_PROXY": "yes",
            "TEREM_EDGE_TOKEN": TOKEN,
            "TEREM_DNS": f"{self.resolver[0]}:{self.resolver[1]}",
        }


@pytest.fixture
def dns() -> Iterator[names.Names]:
    with names.running() as running:
        yield running


@pytest.fixture
def behind(test_run: cluster.Run, dns: names.Names) -> Iterator[Behind]:
    product = Behind(test_run, dns.address)
    try:
        product.start()
        product.manage("demo")
        yield product
    finally:
        product.stop()


@pytest.fixture
def caddy(behind: Behind, tmp_path: Path) -> Iterator[edge.Edge]:
    with edge.running(behind.address.port, tmp_path / "caddy", TOKEN, behind.https) as running:
        yield running


def test_certificates_on_demand(caddy: edge.Edge, behind: Behind, dns: names.Names) -> None:
    """One product for all of it: its start takes longer than every question here together."""
    no_handshake_before_the_proof(caddy, behind, dns)
    a_certificate_that_verifies(caddy, behind)
    no_handshake_for_other_names(caddy)
    the_way_in_over_tls(caddy, behind)
    nobody_outside_asks(caddy, behind)
    plain_http_leads_to_tls(caddy, behind)
    assert TOKEN not in "\n".join(behind.child("web").last_words)


def no_handshake_before_the_proof(caddy: edge.Edge, behind: Behind, dns: names.Names) -> None:
    """The demo company's domain, as an operator adds it and its owner sets the records."""
    refused(caddy, DOMAIN)
    records = behind.manage("domains", "add", "demo", DOMAIN)
    proof = re.search(r'(\S+)\. IN TXT ("\S+")', records)
    assert proof is not None, records
    refused(caddy, DOMAIN)
    dns.say(proof.group(1), "TXT", proof.group(2))
    dns.say(DOMAIN, "CNAME", "edge.localhost.")
    assert f"{DOMAIN}: ready" in behind.manage("domains", "check", "demo")
    # The web process remembers for two seconds, and Redis was told to forget.
    time.sleep(2.1)


def refused(caddy: edge.Edge, name: str) -> None:
    with pytest.raises(ssl.SSLError):
        caddy.shake_hands(name)


def a_certificate_that_verifies(caddy: edge.Edge, behind: Behind) -> None:
    with caddy.shake_hands(DOMAIN) as line:
        certificate: Any = line.getpeercert() or {}
        assert ("DNS", DOMAIN) in certificate["subjectAltName"]
    visitor = edge.SecureVisitor(caddy)
    answer = visitor.ask("GET", f"https://{DOMAIN}:{behind.https}/")
    assert answer.status == 302
    assert answer.headers["Location"] == "/enter/"
    page = visitor.walk(f"https://{DOMAIN}:{behind.https}/companies/")
    assert page.status == 200
    assert page.url.startswith(f"https://localhost:{behind.https}/account/login/")
    assert "__Host-entering" in visitor.jars[DOMAIN]


def no_handshake_for_other_names(caddy: edge.Edge) -> None:
    for name in ("demo.localhost", "operator.localhost", "localhost"):
        caddy.shake_hands(name).close()
    for name in ("unproved.customer.example", "nobody.localhost", f"deeper.{DOMAIN}", "customer.example"):
        refused(caddy, name)


def the_way_in_over_tls(caddy: edge.Edge, behind: Behind) -> None:
    """Signing in on the account host and coming back to the company's own domain, with its own cookie."""
    demo = json.loads((Path(behind.environment["TEREM_VAR"]) / "demo.json").read_text())
    visitor = edge.SecureVisitor(caddy)
    wanted = f"https://{DOMAIN}:{behind.https}/companies/"
    form = visitor.walk(wanted)
    held = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.text))
    sent = {name: unescape(value) for name, value in held.items()}
    sent |= {"login": demo["email"], "password": demo["password"]}
    over = visitor.follow(visitor.ask("POST", form.url, urlencode(sent), referrer=form.url))
    assert "/handover/" in over.url, over.text[:2000]
    way = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', over.text)
    assert way is not None, over.text[:2000]
    page = visitor.walk(unescape(way.group(1)))
    assert (page.status, page.url) == (200, wanted)
    assert "__Host-workspace" in visitor.jars[DOMAIN]
    stolen = edge.SecureVisitor(caddy)
    stolen.jars["localhost"] = dict(visitor.jars[DOMAIN])
    assert "/account/login/" in stolen.walk(f"https://localhost:{behind.https}/workspaces/").url


def nobody_outside_asks(caddy: edge.Edge, behind: Behind) -> None:
    visitor = edge.SecureVisitor(caddy)
    path = f"/edge/certificate?{urlencode({'token': TOKEN, 'domain': DOMAIN})}"
    assert visitor.ask("GET", f"https://{DOMAIN}:{behind.https}{path}").status == 404
    line = http.client.HTTPConnection("127.0.0.1", behind.address.port, timeout=60)
    line.request("GET", path)
    assert line.getresponse().status == 200, "past the edge, with the token, it answers"
    line.close()


def plain_http_leads_to_tls(caddy: edge.Edge, behind: Behind) -> None:
    line = http.client.HTTPConnection("127.0.0.1", caddy.http, timeout=60)
    line.request("GET", "/companies/?sort=name", headers={"Host": f"{DOMAIN}:{caddy.http}"})
    answer = line.getresponse()
    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{DOMAIN}:{behind.https}/companies/?sort=name"
    line.close()
