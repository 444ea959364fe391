"""What kind of file this is, by its first bytes and never by its name."""

from __future__ import annotations

import zipfile
from typing import IO, Any, Literal

from django.utils.translation import gettext_lazy as _

from crm_core.imports.reading.encodings import wide_without_mark
from crm_core.imports.reading.limits import Limits
from kernel.errors import Invalid

Kind = Literal["text", "workbook"]

_NO_TABLE = _("No table was found in this file. Open it in a spreadsheet program and save it as CSV or xlsx.")
_ARCHIVE = _("This is an archive. Unpack it and choose the table that is inside.")
_PROGRAM = _("This is a program, not a table. Choose a CSV, xlsx, xls or ods file.")
_PICTURE = _("This is a picture, not a table. Choose a CSV, xlsx, xls or ods file.")
_PDF = _("This is a PDF document. Export the table as CSV or xlsx instead.")
_DOCUMENT = _("This is a text document, not a table. Save the table as CSV or xlsx.")
_WEB_PAGE = _(
    "This is a web page with the name of a table. Open it in a spreadsheet program and save it as xlsx."
)
_CARDS = _("These are contact cards (vCard). Export the contacts as CSV instead.")
_JSON = _("This is a JSON file. Export the data as CSV or xlsx instead.")
_DAMAGED = _("This workbook is damaged and cannot be opened. Save it once more and try again.")
_BINARY = _("This is not a table. Choose a CSV, xlsx, xls or ods file.")

_FORBIDDEN: tuple[tuple[bytes, Any], ...] = (
    (b"%PDF", _PDF),
    (b"MZ", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
    (b"\xcf\xfa\xed\xfe", _PROGRAM),
    (b"#!", _PROGRAM),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"{\\rtf", _DOCUMENT),
)
_TEXT_TELLS: tuple[tuple[bytes, Any], ...] = (
    (b"<!doctype html", _WEB_PAGE),
    (b"<html", _WEB_PAGE),
    (b"<table", _WEB_PAGE),
    (b"<?xml", _WEB_PAGE),
    (b"begin:vcard", _CARDS),
    (b"{", _JSON),
    (b"[{", _JSON),
)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD = 8192


def kind_of(file: IO[bytes], limits: Limits) -> Kind:
    """`text` or `workbook`; raises Invalid with a sentence for anything that is no table. Rewinds the file."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if size == 0:
        raise Invalid(_("This file is empty."))
    if size > limits.size:
        raise Invalid(
            _("This file has %(size)s MB; at most %(limit)s MB can be taken. Split it into several files."),
            size=str(-(-size // 2**20)),
            limit=str(limits.size // 2**20),
        )
    head = file.read(_HEAD)
    file.seek(0)
    if head.startswith((b"PK\x05\x06", _ZIP)):
        _check_zip(file, limits)
        return "workbook"
    if head.startswith(_OLE):
        return "workbook"
    for magic, sentence in _FORBIDDEN:
        if head.startswith(magic):
            raise Invalid(sentence)
    _check_text(head)
    return "text"


def _check_zip(file: IO[bytes], limits: Limits) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            unpacked = sum(entry.file_size for entry in archive.infolist())
            mimetype = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
        raise Invalid(_DAMAGED) from None
    finally:
        file.seek(0)
    if unpacked > limits.unpacked:
        raise Invalid(_("This workbook is too large once it is unpacked. Split it into several files."))
    if any(name.startswith("xl/") for name in names) or mimetype.startswith(
        b"application/vnd.oasis.opendocument.spreadsheet"
    ):
        return
    if any(name.startswith("word/") for name in names) or mimetype.startswith(b"application/vnd.oasis"):
        raise Invalid(_DOCUMENT)
    raise Invalid(_ARCHIVE)


def _check_text(head: bytes) -> None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        return
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    for tell, sentence in _TEXT_TELLS:
        if plain.startswith(tell):
            raise Invalid(sentence)
    controls = sum(1 for byte in head if byte < 9 or 13 < byte < 32)
    # UTF-16 without a mark is full of zeros; anything else with many control bytes is no text.
    if controls > 8 + len(head) * 0.05 and wide_without_mark(head) is None:
        raise Invalid(_BINARY)


def damaged() -> Invalid:
    """The complaint about a workbook that the reader cannot open."""
    return Invalid(_DAMAGED)


def protected() -> Invalid:
    """The complaint about a workbook behind a password."""
    return Invalid(_("This workbook has a password. Save a copy without it and choose that one."))


def no_table() -> Invalid:
    """The complaint about an old compound file without a sheet, such as a document or a letter."""
    return Invalid(_NO_TABLE)
