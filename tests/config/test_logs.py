"""Log lines: one record, one line, whatever was filled in; company, request, job and release on each, in both forms."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from config import logs
from kernel import context

# A value that would write a line of its own, hide one, or colour a terminal.
FORGED = "Anna\n12:00:00 E r t_1 abc - terem.request: forged\r\x1b[2K\x85\u2028\u2029\x0b\x00end"
FORMS = {"line": logs.LineFormatter, "json": logs.JsonFormatter}


@pytest.fixture(params=sorted(FORMS))
def written(request: pytest.FixtureRequest) -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger whose lines can be read, in each form as the settings make it."""
    stream = io.StringIO()
    console = logging.StreamHandler(stream)
    console.setFormatter(FORMS[request.param]())
    console.addFilter(logs.TenantFilter())
    logger = logging.getLogger(f"terem.test.{request.param}")
    logger.addHandler(console)
    logger.propagate = False
    yield logger, stream
    logger.removeHandler(console)


def test_a_value_cannot_write_a_line(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = written
    logger.warning("client %s", FORGED)
    text = stream.getvalue()
    assert len(text.splitlines()) == 1
    assert text.endswith("\n")
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in text[:-1])
    assert "forged" in text and "end" in text, "nothing is lost"
    if logger.name.endswith("json"):
        assert json.loads(text)["message"] == f"client {FORGED}"


def test_nor_can_the_name_of_a_logger_or_the_words_of_an_error(
    written: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, stream = written
    try:
        raise ValueError(FORGED)
    except ValueError:
        logger.exception("it failed")
    first, *rest = stream.getvalue().splitlines()
    assert "it failed" in first
    assert "ValueError" in stream.getvalue()
    # Below the record stands its traceback, each line marked; in JSON it is a field.
    assert all(row.startswith(logs.LineFormatter.MARK) for row in rest)
    assert bool(rest) != logger.name.endswith("json")


def test_both_forms_carry_company_request_job_and_release(
    written: tuple[logging.Logger, io.StringIO], settings: Any
) -> None:
    logger, stream = written
    with context.enter(context.Context(cause="job", job="imports.run/1", request_id="abc123")):
        logger.warning("x")
    told = stream.getvalue()
    for word in ("imports.run/1", "abc123", str(settings.TEREM_RELEASE)):
        assert word in told


def test_lines_are_made_by_these_forms() -> None:
    from django.conf import settings

    made = settings.LOGGING["formatters"]
    assert {name: one["()"] for name, one in made.items()} == {
        "line": "config.logs.LineFormatter",
        "json": "config.logs.JsonFormatter",
    }


def test_the_web_server_writes_its_own_lines_the_same_way() -> None:
    """granian's master has no settings of Django: its file names our form, and its lines are objects too."""
    import logging.config

    from deploy.local import places

    given = json.loads((places.ROOT / "deploy" / "granian.json").read_text("utf-8"))
    assert set(given["loggers"]) == {"_granian"}
    stream = io.StringIO()
    given["handlers"]["console"]["stream"] = stream
    known = logging.getLogger("_granian")
    kept = (known.handlers[:], known.level, known.propagate)
    try:
        logging.config.dictConfig(given)
        known.info("Started worker-%s", 1)
    finally:
        known.handlers[:], known.propagate = kept[0], kept[2]
        known.setLevel(kept[1])
    told = json.loads(stream.getvalue())
    assert (told["logger"], told["message"]) == ("_granian", "Started worker-1")
