"""A person with a browser: one cookie jar per host, forms filled in as they stand on the page, CSRF enforced."""

from __future__ import annotations

import re
import secrets
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core import mail
from django.test import Client, TestCase

PUBLIC = "terem.test"


class _Forms(HTMLParser):
    """Every form of a page: its action and what its fields hold."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append((given.get("action") or "", {}))
        chosen = given.get("type") not in ("checkbox", "radio") or "checked" in given
        if tag in ("select", "textarea") and self.forms:
            self.select = str(given.get("name"))
            self.forms[-1][1][self.select] = ""
        elif tag == "option" and "selected" in given:
            self.forms[-1][1][self.select] = given.get("value") or ""
        elif tag in ("input", "button") and self.forms and given.get("name") and chosen:
            self.forms[-1][1][str(given["name"])] = given.get("value") or ""


def forms_of(text: str) -> list[tuple[str, dict[str, str]]]:
    """The forms of a page: where each leads and what its fields hold."""
    return _Forms(text).forms


class _Client(Client):
    """Django's client; commit hooks run after each request, also inside a test's transaction."""

    def request(self, **request: Any) -> Any:
        with TestCase.captureOnCommitCallbacks(using="tenant", execute=True):
            with TestCase.captureOnCommitCallbacks(using="default", execute=True):
                return super().request(**request)


class Visitor:
    """Walks the sites as a browser does; ``network`` is unlike everybody else's unless it is given."""

    def __init__(self, network: str = "", language: str = "en") -> None:
        self.network = network or ".".join(str(secrets.randbelow(250) + 1) for _ in range(4))
        self.language = language
        self.jars: dict[str, Client] = {}

    def client(self, host: str) -> Client:
        if host not in self.jars:
            self.jars[host] = _Client(
                enforce_csrf_checks=True,
                headers={"accept-language": self.language, "user-agent": "Mozilla/5.0 Firefox/140.0 Linux"},
                HTTP_HOST=host,
                REMOTE_ADDR=self.network,
            )
        return self.jars[host]

    def _ask(self, method: str, url: str, data: Any = None) -> Any:
        parts = urlsplit(url if url.startswith("http") else f"http://{PUBLIC}{url}")
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        response = getattr(self.client(parts.netloc), method)(path, data or {})
        response.url_asked = f"http://{parts.netloc}{path}"
        return response

    def get(self, url: str) -> Any:
        """One request, redirects not followed. A path alone is on the public site."""
        return self._ask("get", url)

    def post(self, url: str, data: Any) -> Any:
        return self._ask("post", url, data)

    def follow(self, response: Any) -> Any:
        """Go where the answer leads, over all hosts, until there is a page."""
        for _ in range(12):
            if response.status_code not in (301, 302, 303):
                return response
            response = self.get(urljoin(response.url_asked, response["Location"]))
        raise AssertionError("a loop of redirects")

    def walk(self, url: str) -> Any:
        return self.follow(self.get(url))

    def send(self, page: Any, *, to: str = "", **fields: str) -> Any:
        """Fill in the form of a page that has these fields (or leads ``to``) and send it."""
        for action, held in _Forms(page.content.decode()).forms:
            address = urljoin(page.url_asked, action) if action else page.url_asked
            if to in address if to else fields.keys() <= held.keys():
                return self.post(address, held | fields)
        raise AssertionError(
            f"no form with {sorted(fields)} {to} on {page.url_asked}:\n{page.content.decode()[:3000]}"
        )

    def fill(self, url: str, *, to: str = "", **fields: str) -> Any:
        """Open a page, fill in its form, send it; the answer, redirects not followed."""
        return self.send(self.walk(url), to=to, **fields)

    def sign_in(self, email: str, password: str = "correct horse battery") -> Any:
        return self.fill("/account/login/", login=email, password=password)

    def cookie(self, host: str, name: str) -> str:
        held = self.client(host).cookies.get(name)
        return held.value if held is not None else ""

    def workspace_key(self, host: str) -> str:
        return self.cookie(host, settings.WORKSPACE_COOKIE)


def letters_to(email: str) -> list[Any]:
    return [letter for letter in mail.outbox if email in letter.to]


def code_for(email: str) -> str:
    """The code in the newest letter to somebody that holds one."""
    found = [code for letter in letters_to(email) for code in re.findall(r"\d{4}-\d{4}", letter.body)]
    assert found, [letter.subject for letter in letters_to(email)]
    return str(found[-1])


def words(page: Any) -> str:
    """A page as text without tokens and nonces, to compare two answers."""
    text = page.content.decode()
    text = re.sub(r'(name="csrfmiddlewaretoken" value|nonce|X-CSRFToken\W*:?\W*)="?[^"]*"?', "", text)
    text = re.sub(r'"X-CSRFToken":"[^"]*"', "", text)
    return re.sub(r'name="token" value="[^"]*"', "", text)
