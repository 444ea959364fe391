"""``./terem mail``: the letters that Terem has sent on this machine, newest first."""

from __future__ import annotations

import argparse
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from deploy.local import places
from deploy.local.say import Problem, line

_LINK = re.compile(r"https?://[^\s<>\"')\]]+")
_CODE = re.compile(r"(?<![\w/.-])(?:\d{6,8}|[A-Z0-9]{3}-[A-Z0-9]{3}|[A-Z0-9]{4}-[A-Z0-9]{4})(?![\w-])")


def command(arguments: list[str]) -> int:
    """List the letters with their links and codes, or print one whole."""
    parser = argparse.ArgumentParser(prog="./terem mail", description=__doc__)
    parser.add_argument("--open", type=int, metavar="N", help="print letter N of the list whole")
    parser.add_argument("--last", type=int, default=20, metavar="COUNT", help="how many (20)")
    chosen = parser.parse_args(arguments)
    letters = sorted(places.MAIL.glob("*.eml"), key=lambda p: p.stat().st_mtime_ns, reverse=True)
    if not letters:
        line("No letters yet. Sign up or invite somebody, and they appear here.")
        return 0
    if chosen.open is not None:
        if not 1 <= chosen.open <= len(letters):
            raise Problem(f"There is no letter {chosen.open}.", f"Choose a number from 1 to {len(letters)}.")
        _print_whole(letters[chosen.open - 1])
        return 0
    for number, path in enumerate(letters[: chosen.last], start=1):
        _print_summary(number, path)
    if len(letters) > chosen.last:
        line(f"… and {len(letters) - chosen.last} older ones: ./terem mail --last {len(letters)}")
    line(f"The letters lie in {places.MAIL}. One whole letter: ./terem mail --open 1")
    page = mailbox_page()
    if page:
        line(f"In the browser, while Terem runs: {page}")
    return 0


def mailbox_page() -> str | None:
    """The address of the mailbox page when the product has one."""
    public = places.ROOT / "platform" / "config" / "urls_public.py"
    if not public.exists() or "mailbox/" not in public.read_text("utf-8"):
        return None
    note = places.read_note(places.STATE)
    return f"http://{note.get('domain', 'localhost')}:{note.get('port', 8000)}/mailbox/"


def _read(path: Path) -> EmailMessage:
    # The default policy of message_from_bytes makes EmailMessage objects.
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def _text(letter: EmailMessage) -> str:
    body = letter.get_body(preferencelist=("plain", "html"))
    return str(body.get_content()) if body else ""


def _print_summary(number: int, path: Path) -> None:
    letter = _read(path)
    try:
        sent = parsedate_to_datetime(str(letter["Date"])).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (TypeError, ValueError):
        sent = "no date"
    line(f"{number:>3}  {sent}  {letter['To']}")
    line(f"     {letter['Subject']}")
    text = _text(letter)
    found = dict.fromkeys(_LINK.findall(text))
    for link in found:
        line(f"       {link}")
    for code in dict.fromkeys(_CODE.findall(_LINK.sub(" ", text))):
        line(f"       code {code}")
    line()


def _print_whole(path: Path) -> None:
    letter = _read(path)
    for name in ("From", "To", "Subject", "Date"):
        line(f"{name}: {letter[name]}")
    line()
    line(_text(letter).rstrip())
    for part in letter.iter_attachments():
        line(f"[attachment: {part.get_filename()}, {part.get_content_type()}]")
