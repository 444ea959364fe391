"""A database that does not answer is told from a fault of the code, and answered with a page that tries again."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.test import Client
from psycopg import errors

from kernel import lost


def raised(cause: BaseException | None, kind: type[Exception] = OperationalError) -> BaseException:
    try:
        raise kind("words") from cause
    except kind as found:
        return found


@pytest.mark.parametrize(
    "error",
    [
        raised(psycopg.OperationalError("connection refused")),
        raised(errors.AdminShutdown()),
        raised(errors.CannotConnectNow()),
        raised(errors.ConnectionFailure()),
        raised(errors.TooManyConnections()),
        raised(None, InterfaceError),
    ],
)
def test_absence(error: BaseException) -> None:
    assert lost.is_lost(error)
    assert lost.is_lost(raised(error, RuntimeError)), "also where something else was made of it"


@pytest.mark.parametrize(
    "error",
    [
        None,
        ValueError(),
        raised(errors.QueryCanceled()),
        raised(errors.DeadlockDetected()),
        raised(errors.DiskFull()),
        raised(errors.UndefinedTable(), ProgrammingError),
    ],
)
def test_everything_else_is_a_fault(error: BaseException | None) -> None:
    assert not lost.is_lost(error)


@pytest.mark.parametrize(("headers", "expected"), [({}, "text/html"), ({"HX-Request": "true"}, "text/html")])
def test_the_page_says_so(monkeypatch: Any, headers: dict[str, str], expected: str) -> None:
    def away(_host: str) -> None:
        raise raised(psycopg.OperationalError("connection refused at 10.1.2.3"))

    monkeypatch.setattr("tenants.directory.by_host", away)
    browser = Client(HTTP_HOST="acme.terem.test", raise_request_exception=False, headers=headers)
    answer = browser.get("/companies/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == str(lost.RETRY_SECONDS)
    assert answer["Content-Type"].startswith(expected)
    assert b"not available at the moment" in answer.content
    assert b"10.1.2.3" not in answer.content
