"""Uploads are shown to the scanner before they are kept: refused when it finds something or does not answer."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import scanner as setting
from crm_core.imports.models import Import
from deploy.local import places
from kernel import storage
from tests.support import scanner

TABLE = b"Company,City\nAcme,Riga\n"


@pytest.fixture
def scanning(settings: Any) -> Iterator[scanner.Scanner]:
    with scanner.running() as running:
        settings.TEREM_SCANNER = running.address
        yield running


def post(browser: Any, body: bytes, url: str = "/imports/new/", name: str = "clients.csv") -> Any:
    source = io.BytesIO(body)
    source.name = name
    return browser.post(url, {"file": source})


def test_a_clean_file_comes_in_whole(scanning: scanner.Scanner, browser: Any) -> None:
    assert post(browser, TABLE).status_code == 302
    assert scanning.seen == [TABLE]
    assert Import.objects.get().headers == ["Company", "City"]


def test_malware_is_refused_and_not_kept(scanning: scanner.Scanner, browser: Any) -> None:
    before = set(storage.names())
    answer = post(browser, TABLE + scanner.MARK)
    assert answer.status_code == 422
    assert "The scanner takes this file for malware" in answer.content.decode()
    assert not Import.objects.exists()
    assert set(storage.names()) == before


def test_an_archive_is_scanned_too(
    scanning: scanner.Scanner, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crm_core.exports.actions import bringing_in

    monkeypatch.setattr(bringing_in, "is_fresh", lambda: True)
    answer = post(browser, b"PK" + scanner.MARK, "/settings/export/arrival/", "all.zip")
    assert answer.status_code == 422
    assert "The scanner takes this file for malware" in answer.content.decode()


@pytest.mark.parametrize("body", [TABLE, TABLE * (scanner.MOST // len(TABLE) + 2)])
def test_nothing_comes_in_unseen(settings: Any, scanning: scanner.Scanner, browser: Any, body: bytes) -> None:
    """A scanner that is gone, or takes no file of this size."""
    if len(body) < scanner.MOST:
        settings.TEREM_SCANNER = ("127.0.0.1", places.free_port())
    answer = post(browser, body)
    assert answer.status_code == 422
    assert "Files cannot be checked for malware just now" in answer.content.decode()
    assert not Import.objects.exists()


def test_without_a_scanner_nothing_is_asked(settings: Any, browser: Any) -> None:
    assert settings.TEREM_SCANNER is None
    assert post(browser, TABLE + scanner.MARK).status_code == 302


@pytest.mark.parametrize(
    ("value", "read"), [("", None), ("scanner", ("scanner", 3310)), ("10.0.0.7:3311", ("10.0.0.7", 3311))]
)
def test_the_setting(monkeypatch: pytest.MonkeyPatch, value: str, read: Any) -> None:
    monkeypatch.setenv("TEREM_SCANNER", value)
    assert setting.address() == read


@pytest.mark.parametrize("value", [":3310", "scanner:none", "scanner:0", "scanner:99999"])
def test_a_wrong_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TEREM_SCANNER", value)
    with pytest.raises(ImproperlyConfigured, match="TEREM_SCANNER must look like"):
        setting.address()
