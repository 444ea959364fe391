"""Caddy in front of the running product: a proved domain gets a certificate on demand, no other name does."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest

from deploy.local import places
from tests.support import cluster, edge, names
from tests.support.product import RunningProduct

pytestmark = pytest.mark.caddy

TOKEN = "token-of-the-edge-in-tests"
DOMAIN = "crm.customer.example"


class Behind(RunningProduct):
    """The product behind an edge that ends TLS."""

    def __init__(self, run: cluster.Run, resolver: tuple[str, int]) -> None:
        super().__init__(run, "edge")
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


@pytest.fixture(scope="module")
def dns() -> Iterator[names.Names]:
    with names.running() as running:
        yield running


@pytest.fixture(scope="module")
def behind(test_run: cluster.Run, dns: names.Names) -> Iterator[Behind]:
    product = Behind(test_run, dns.address)
    try:
        product.start()
        product.manage("demo")
        yield product
    finally:
        product.stop()


@pytest.fixture(scope="module")
def caddy(behind: Behind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[edge.Edge]:
    folder = tmp_path_factory.mktemp("caddy")
    with edge.running(behind.address.port, folder, TOKEN, behind.https) as running:
        yield running


@pytest.fixture(scope="module")
def proved(behind: Behind, dns: names.Names, caddy: edge.Edge) -> str:
    """The demo company's domain, as an operator adds it and its owner sets the records."""
    with pytest.raises(ssl.SSLError):
        caddy.shake_hands(DOMAIN)
    records = behind.manage("domains", "add", "demo", DOMAIN)
    proof = re.search(r'(\S+)\. IN TXT ("\S+")', records)
    assert proof is not None, records
    with pytest.raises(ssl.SSLError):
        caddy.shake_hands(DOMAIN)
    dns.say(proof.group(1), "TXT", proof.group(2))
    dns.say(DOMAIN, "CNAME", "edge.localhost.")
    assert f"{DOMAIN}: ready" in behind.manage("domains", "check", "demo")
    return DOMAIN


def test_a_proved_domain_has_a_certificate_and_answers(
    caddy: edge.Edge, proved: str, behind: Behind
) -> None:
    with caddy.shake_hands(proved) as line:
        certificate = line.getpeercert() or {}
        assert ("DNS", proved) in certificate["subjectAltName"]
    visitor = edge.SecureVisitor(caddy)
    answer = visitor.ask("GET", f"https://{proved}:{behind.https}/")
    assert answer.status == 302
    assert answer.headers["Location"] == "/enter/"
    page = visitor.walk(f"https://{proved}:{behind.https}/companies/")
    assert page.status == 200
    assert page.url.startswith(f"https://localhost:{behind.https}/account/login/")
    assert "__Host-entering" in visitor.jars[proved]


@pytest.mark.parametrize("name", ["demo.localhost", "operator.localhost", "localhost"])
def test_the_platforms_own_names_answer(caddy: edge.Edge, name: str) -> None:
    caddy.shake_hands(name).close()


@pytest.mark.parametrize(
    "name", ["unproved.customer.example", "nobody.localhost", f"deeper.{DOMAIN}", "customer.example"]
)
def test_for_other_names_there_is_no_handshake(caddy: edge.Edge, name: str) -> None:
    with pytest.raises(ssl.SSLError):
        caddy.shake_hands(name)


def test_the_way_in_over_tls(caddy: edge.Edge, proved: str, behind: Behind) -> None:
    """Signing in on the account host and coming back to the company's own domain, with its own cookie."""
    demo = json.loads((Path(behind.environment["TEREM_VAR"]) / "demo.json").read_text())
    visitor = edge.SecureVisitor(caddy)
    wanted = f"https://{proved}:{behind.https}/companies/"
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
    assert "__Host-workspace" in visitor.jars[proved]
    stolen = edge.SecureVisitor(caddy)
    stolen.jars["localhost"] = dict(visitor.jars[proved])
    assert "/account/login/" in stolen.walk(f"https://localhost:{behind.https}/workspaces/").url


def test_nobody_outside_reaches_the_question(caddy: edge.Edge, proved: str, behind: Behind) -> None:
    visitor = edge.SecureVisitor(caddy)
    path = f"/edge/certificate?{urlencode({'token': TOKEN, 'domain': proved})}"
    assert visitor.ask("GET", f"https://{proved}:{behind.https}{path}").status == 404
    line = http.client.HTTPConnection("127.0.0.1", behind.address.port, timeout=10)
    line.request("GET", path)
    assert line.getresponse().status == 200, "past the edge, with the token, it answers"
    line.close()


def test_plain_http_leads_to_tls(caddy: edge.Edge, proved: str, behind: Behind) -> None:
    line = http.client.HTTPConnection("127.0.0.1", caddy.http, timeout=10)
    line.request("GET", "/companies/?sort=name", headers={"Host": f"{proved}:{caddy.http}"})
    answer = line.getresponse()
    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{proved}:{behind.https}/companies/?sort=name"
    line.close()


def test_the_token_is_in_no_log(caddy: edge.Edge, proved: str, behind: Behind) -> None:
    assert TOKEN not in "\n".join(behind.child("web").last_words)
