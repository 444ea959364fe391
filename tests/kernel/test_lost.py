"""A database that does not answer is told from a fault of the code, and answered with a page that tries again."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, InternalError, OperationalError, ProgrammingError
from django.test import Client
from django.utils import translation
from psycopg import errors

from kernel import lost
from kernel.errors import NotSaved
from tests.support.tenants import Browser


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


@pytest.mark.parametrize(
    "error",
    [
        raised(errors.DiskFull()),
        raised(errors.ReadOnlySqlTransaction(), InternalError),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Quota exceeded"),
        raised(OSError(errno.EROFS, "Read-only file system"), RuntimeError),
    ],
)
def test_what_cannot_be_written_now(error: BaseException) -> None:
    assert lost.is_unwritable(error)
    assert isinstance(lost.worded(error), NotSaved)
    with lost.by_the_way():
        raise error if isinstance(error, DatabaseError | OSError) else OSError(errno.ENOSPC, "")


def test_a_note_by_the_way_hides_no_fault() -> None:
    with pytest.raises(ProgrammingError), lost.by_the_way():
        raise raised(errors.UndefinedTable(), ProgrammingError)
    assert lost.worded(ValueError()) is None
    assert not lost.is_unwritable(OSError(errno.ENOENT, "No such file"))


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


def test_the_page_asks_the_database_for_nothing(
    monkeypatch: Any, client_for: Callable[..., Browser], member: Any
) -> None:
    """It goes away in the middle of a request: the member is known, nothing more can be asked."""

    def away(*_given: Any) -> None:
        raise raised(psycopg.OperationalError("gone"))

    browser = client_for(member)
    browser.raise_request_exception = False
    monkeypatch.setattr("crm_core.sales.views.board.answer", away)
    monkeypatch.setattr("config.navigation._workspace", away)
    answer = browser.get("/deals/")
    assert answer.status_code == 503
    assert member.id.hex in answer.content.decode()


@pytest.mark.parametrize(("asked", "words"), [("ru", "недоступно"), ("en", "not available")])
def test_it_speaks_the_browsers_language_while_nobody_knows_the_members(
    monkeypatch: Any, asked: str, words: str
) -> None:
    def away(_host: str) -> None:
        raise raised(psycopg.OperationalError("gone"))

    monkeypatch.setattr("tenants.directory.by_host", away)
    browser = Client(
        HTTP_HOST="acme.terem.test", raise_request_exception=False, headers={"accept-language": asked}
    )
    with translation.override("en" if asked == "ru" else "ru"):
        page = browser.get("/companies/").content.decode()
    assert words in page
    assert f'lang="{asked}"' in page
