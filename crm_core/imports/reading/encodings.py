"""Which encoding a text file is in: marks first, then strict UTF-8, then the likeliest single-byte page."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from crm_core.imports.reading.likeness import likeness

# What can be recognised or chosen by hand, with the name that people know.
ENCODINGS: dict[str, Any] = {
    "utf-8": _("Unicode (UTF-8)"),
    "utf-16-le": _("Unicode (UTF-16)"),
    "utf-16-be": _("Unicode (UTF-16, big-endian)"),
    "utf-32-le": _("Unicode (UTF-32)"),
    "utf-32-be": _("Unicode (UTF-32, big-endian)"),
    "cp1251": _("Cyrillic (Windows-1251)"),
    "koi8-r": _("Cyrillic (KOI8-R)"),
    "cp866": _("Cyrillic (DOS 866)"),
    "mac-cyrillic": _("Cyrillic (Mac)"),
    "iso8859-5": _("Cyrillic (ISO 8859-5)"),
    "cp1252": _("Western European (Windows-1252)"),
    "latin-1": _("Western European (ISO 8859-1)"),
    "mac-roman": _("Western European (Mac)"),
    "cp850": _("Western European (DOS 850)"),
    "cp1250": _("Central European (Windows-1250)"),
    "cp1254": _("Turkish (Windows-1254)"),
    "cp1253": _("Greek (Windows-1253)"),
    "cp1255": _("Hebrew (Windows-1255)"),
    "cp1256": _("Arabic (Windows-1256)"),
    "cp1257": _("Baltic (Windows-1257)"),
    "gb18030": _("Chinese (GB 18030)"),
    "big5": _("Chinese (Big5)"),
    "shift_jis": _("Japanese (Shift JIS)"),
    "euc-kr": _("Korean (EUC-KR)"),
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The handicap of each page: an old one has to look clearly better than the two of Windows.
_CANDIDATES = {
    "cp1252": 0.0, "cp1251": 0.0, "cp1250": 0.06, "cp1254": 0.08, "koi8-r": 0.05, "cp866": 0.05, "latin-1": 0.1,
    "iso8859-5": 0.1, "mac-cyrillic": 0.15, "mac-roman": 0.15, "cp850": 0.15, "cp1253": 0.1,
}  # fmt: skip
_CHUNK = 1 << 20
_SAMPLE = 200_000
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_LINES = re.compile(rb"[^\r\n]{0,200}[\x80-\xff][^\r\n]{0,200}")


@dataclass(frozen=True)
class Encoding:
    """A codec name of ours, the length of its byte order mark, and whether we had to guess."""

    name: str
    mark: int = 0
    guessed: bool = False


def encoding_of(file: IO[bytes], *, language: str = "en") -> Encoding:
    """The encoding of a text file. The language decides only what the bytes leave open. Rewinds the file."""
    head = file.read(4096)
    file.seek(0)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name, len(mark))
    if unmarked := wide_without_mark(head):
        return Encoding(unmarked, guessed=True)
    sound, broken = _utf8_census(file)
    # One torn character in much good UTF-8 is damage in a line, not another encoding.
    if not broken or sound > 10 * broken:
        return Encoding("utf-8")
    return Encoding(_single_byte(_high_sample(file), language), guessed=True)


def wide_without_mark(head: bytes) -> str | None:
    """UTF-16 and UTF-32 without a mark: Latin, separators and Cyrillic leave 0 to 4 in every second byte."""
    if b"\x00" not in head:
        return None
    zeros = [head[place::4].count(0) / max(1, len(head) // 4) for place in range(4)]
    if zeros[1] > 0.9 and zeros[2] > 0.9 and max(zeros[0], zeros[3]) > 0.9:
        return "utf-32-le" if zeros[3] > zeros[0] else "utf-32-be"
    even, odd = (sum(1 for byte in head[start::2] if byte <= 4) / max(1, len(head) // 2) for start in (0, 1))
    if max(even, odd) < 0.9 or min(even, odd) > 0.4:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _utf8_census(file: IO[bytes]) -> tuple[int, int]:
    """How many characters beyond ASCII are sound UTF-8, and how many bytes are not."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    sound = broken = 0
    while True:
        chunk = file.read(_CHUNK)
        text = decoder.decode(chunk, final=not chunk)
        if not text.isascii():
            beyond = len(text) - len(text.encode("ascii", "ignore"))
            torn = sum(1 for char in text if "\udc80" <= char <= "\udcff") if _torn(text) else 0
            sound, broken = sound + beyond - torn, broken + torn
        if not chunk or broken > 10_000:
            break
    file.seek(0)
    return sound, broken


def _torn(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _high_sample(file: IO[bytes]) -> bytes:
    found: list[bytes] = []
    size = 0
    while size < _SAMPLE and (chunk := file.read(_CHUNK)):
        if _HIGH.search(chunk):
            for match in _HIGH_LINES.finditer(chunk):
                found.append(match[0])
                size += len(match[0])
                if size >= _SAMPLE:
                    break
    file.seek(0)
    return b"\n".join(found)


def _single_byte(sample: bytes, language: str) -> str:
    scores: dict[str, float] = {}
    for name, handicap in _CANDIDATES.items():
        try:
            text = sample.decode(name)
        except UnicodeDecodeError:
            continue
        scores[name] = likeness(text) - handicap
    if language[:2] == "ru" and "cp1251" in scores:
        scores["cp1251"] += 0.05
    best = max(scores, key=lambda name: scores[name], default="latin-1")
    if scores.get(best, 0) > 0.2:
        return best
    return _asked_elsewhere(sample) or best


def _asked_elsewhere(sample: bytes) -> str | None:
    """What charset-normalizer makes of it, for scripts that our own likeness does not know."""
    from charset_normalizer import from_bytes

    wanted = [name for name in ENCODINGS if not name.startswith("utf")]
    match = from_bytes(sample[:50_000], cp_isolation=wanted).best()
    if match is None:
        return None
    found = codecs.lookup(match.encoding).name
    return next((name for name in ENCODINGS if codecs.lookup(name).name == found), None)
