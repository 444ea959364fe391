"""Every try to sign in is a line in the log, without what was typed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.visitor import Visitor


def test_every_try_is_logged_without_its_words(
    make: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    anna = make()
    with caplog.at_level(logging.INFO, logger="terem.identity"):
        Visitor("192.0.2.7").sign_in(anna.email, "wrong wrong wrong")
        Visitor("192.0.2.7").sign_in(anna.email)
    lines = [record.getMessage() for record in caplog.records if record.name == "terem.identity"]
    assert lines[0].startswith("password refused, way ")
    assert lines[1].startswith(f"password accepted, account {anna.pk}, way ")
    assert lines[0].rpartition(" ")[2] == lines[1].rpartition(" ")[2], "the same way is seen as the same"
    assert "192.0.2.7" not in " ".join(lines)
    for typed in ("wrong wrong wrong", "correct horse battery", anna.email):
        assert typed not in " ".join(lines)
