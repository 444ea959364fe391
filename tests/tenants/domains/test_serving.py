"""The edge asks whether a web process wants requests: until its draining file appears, whatever else is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tenants import edge


@pytest.mark.parametrize("host", ["127.0.0.1:8001", "terem.test", "nobody.example", ""])
def test_it_serves_until_the_file_is_there(host: str, settings: Any, tmp_path: Path) -> None:
    settings.TEREM_DRAINING = str(tmp_path / "draining")
    browser = Client(HTTP_HOST=host)
    answer = browser.get(edge.SERVING_PATH)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Cache-Control"] == "no-store"
    (tmp_path / "draining").touch()
    assert browser.get(edge.SERVING_PATH).status_code == 503
    (tmp_path / "draining").unlink()
    assert browser.get(edge.SERVING_PATH).status_code == 200


def test_without_a_file_it_always_serves(settings: Any) -> None:
    """No database is asked: this test has none."""
    settings.TEREM_DRAINING = ""
    assert Client(HTTP_HOST="127.0.0.1").get(edge.SERVING_PATH).status_code == 200


def test_it_does_not_fill_the_log(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.TEREM_DRAINING = ""
    with caplog.at_level("INFO", logger="terem.request"):
        Client(HTTP_HOST="127.0.0.1").get(edge.SERVING_PATH)
    assert not caplog.records
