"""Letters as files, and the page that shows them where no letter really goes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage

from identity import mailbox
from kernel.errors import NotFound
from tests.support.visitor import Visitor


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def send(*subjects: str) -> None:
    letters = [
        EmailMessage(subject, "See http://acme.terem.test/enter/ now", to=["anna@c.example"])
        for subject in subjects
    ]
    mailbox.FolderBackend().send_messages(letters)


def test_one_file_per_letter_in_the_order_of_sending(folder: Path) -> None:
    send("Erster", "Второй", "third")
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 3
    assert all(mailbox.NAME.match(name) for name in names)
    assert [letter.subject for letter in mailbox.letters()] == ["third", "Второй", "Erster"]


def test_half_written_letter_is_not_there(folder: Path) -> None:
    send("whole")
    (folder / ".20260101T000000000000-abcdef01.part").write_text("half")
    assert len(mailbox.letters()) == 1


def test_links_can_be_clicked(folder: Path) -> None:
    send("link")
    pieces = mailbox.letters()[0].pieces
    assert ("http://acme.terem.test/enter/", True) in pieces


@pytest.mark.parametrize("name", ["../../etc/passwd", "x.eml", "", "20260101T000000000000-abcdef01.eml"])
def test_no_other_file_is_read(folder: Path, name: str) -> None:
    send("whole")
    with pytest.raises(NotFound):
        mailbox.letter(name)


def test_page_lists_and_shows_letters(accounts: None, folder: Path) -> None:
    send("Hello <b>Anna</b>")
    page = Visitor().get("/mailbox/")
    assert "Hello &lt;b&gt;Anna" in page.content.decode()
    name = mailbox.letters()[0].name
    assert 'href="http://acme.terem.test/enter/"' in Visitor().get(f"/mailbox/{name}/").content.decode()


def test_page_is_not_there_in_production(accounts: None, settings: Any) -> None:
    assert mailbox.is_open()
    settings.PRODUCTION = True
    assert not mailbox.is_open()


def test_page_is_not_there_where_letters_go_out(accounts: None, settings: Any) -> None:
    settings.EMAIL_FILE_PATH = ""
    assert Visitor().get("/mailbox/").status_code == 404
    assert Visitor().get("/mailbox/20260101T000000000000-abcdef01.eml/").status_code == 404
