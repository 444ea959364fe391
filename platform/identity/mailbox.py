"""Outgoing letters as files, for machines without a mail server: one ``.eml`` each, in a folder."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from kernel.errors import NotFound
from kernel.when import now

NAME = re.compile(r"^\d{8}T\d{12}-[0-9a-f]{8}\.eml$")
LINK = re.compile(r"https?://[^\s<>\"')\]]+")
NEWEST = 100


class FolderBackend(BaseEmailBackend):
    """Writes letters into EMAIL_FILE_PATH; names sort by time, a letter is there whole or not at all."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.folder = Path(settings.EMAIL_FILE_PATH)

    def open(self) -> bool:
        """Make sure that letters can be put here. Raises ``OSError``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not os.access(self.folder, os.W_OK):
            raise PermissionError(f"{self.folder} takes no letters")
        return True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
            begun = self.folder / f".{name}.part"
            begun.write_bytes(message.message().as_bytes())
            begun.replace(self.folder / f"{name}.eml")
        return len(email_messages)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as the mailbox page shows it."""

    name: str
    sent_at: datetime
    to: str
    subject: str
    text: str

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The text in order, each piece with whether it is a link."""
        pieces: list[tuple[str, bool]] = []
        place = 0
        for found in LINK.finditer(self.text):
            pieces += [(self.text[place : found.start()], False), (found.group(), True)]
            place = found.end()
        return [*pieces, (self.text[place:], False)]


def _read(path: Path) -> Letter:
    parsed = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = parsed.get_body(preferencelist=("plain",))
    return Letter(
        name=path.name,
        # Django writes "-0000": UTC, from nowhere in particular.
        sent_at=parsedate_to_datetime(str(parsed["Date"])).replace(tzinfo=UTC),
        to=str(parsed["To"]),
        subject=str(parsed["Subject"]),
        text=str(body.get_content()) if body is not None else "",
    )


def letters() -> list[Letter]:
    """The newest letters first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    names = sorted((path.name for path in folder.glob("*.eml") if NAME.match(path.name)), reverse=True)
    return [_read(folder / name) for name in names[:NEWEST]]


def letter(name: str) -> Letter:
    """One letter by its file's name. Raises ``NotFound``."""
    path = Path(settings.EMAIL_FILE_PATH) / name
    if not NAME.match(name) or not path.is_file():
        raise NotFound
    return _read(path)


def is_open() -> bool:
    """Whether the page may be shown: never in production, and only if letters go to a folder."""
    return not settings.PRODUCTION and bool(getattr(settings, "EMAIL_FILE_PATH", ""))
