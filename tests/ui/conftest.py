"""A server that has nothing but the gallery: the kit is tried without tenants and databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.http import HttpRequest, HttpResponse
from django.test import override_settings

from tests.browser.eyes import Eyes, Sight

View = Callable[[HttpRequest], HttpResponse]


def only_gallery(get_response: View) -> View:
    """Middleware: every host serves the gallery."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.urlconf = "tests.ui.gallery_urls"  # type: ignore[assignment]
        return get_response(request)

    return answer


MIDDLEWARE = [
    "kernel.web.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "tests.ui.conftest.only_gallery",
    "django.middleware.csrf.CsrfViewMiddleware",
    "ui.answers.ErrorMiddleware",
]


class Quiet(WSGIRequestHandler):
    """Says nothing about each request."""

    def log_message(self, format: str, *args: Any) -> None:
        return None


@pytest.fixture(scope="session")
def kit() -> Iterator[str]:
    """The address of the gallery's server, without a slash at its end."""
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        handler = StaticFilesHandler(WSGIHandler())
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def look(browser: Any, kit: str) -> Iterator[Callable[..., Eyes]]:
    """Opens a page of the gallery: ``look("/gallery/forms/", Sight("ru", 390))``."""
    opened: list[Eyes] = []

    def open_page(path: str, sight: Sight | None = None) -> Eyes:
        opened.append(Eyes(browser, sight or Sight()))
        return _open(opened[-1], kit, path)

    yield open_page
    for eyes in opened:
        eyes.close()


@pytest.fixture(scope="session")
def glance(browser: Any, kit: str) -> Iterator[Callable[..., Eyes]]:
    """As ``look``, in one browser context per sight: for tests that leave nothing behind."""
    known: dict[Sight, Eyes] = {}

    def open_page(path: str, sight: Sight | None = None) -> Eyes:
        sight = sight or Sight()
        if sight not in known:
            known[sight] = Eyes(browser, sight)
            known[sight].typed = ["harbourhouse"]  # a wrong address in a sample form
        return _open(known[sight], kit, path)

    yield open_page
    for eyes in known.values():
        eyes.close()


def _open(eyes: Eyes, kit: str, path: str) -> Eyes:
    mark = "&" if "?" in path else "?"
    assert eyes.open(f"{kit}{path}{mark}lang={eyes.sight.language}") == 200
    return eyes
