"""Cleaning: what no name, note or cell may carry, because it cannot be stored or deceives the eye."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

# Marks, embeddings, overrides and isolates: they can make `exe.gpj` look like `jpg.exe`.
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Zero-width joiners stay: Persian, Indic scripts and family emoji need them.
_INVISIBLE = "\u00ad\u200b\u2060\ufeff\ufff9-\ufffb"
_CONTROL = "\x00-\x08\x0e-\x1f\x7f-\x9f"
_UNSTORABLE = "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_REMOVED: tuple[tuple[re.Pattern[str], Any], ...] = (
    (re.compile("[" + _UNSTORABLE + "\x00]"), _("Characters that cannot be stored were removed.")),
    (re.compile("[" + _CONTROL.replace("\x00", "\x01", 1) + "]"), _("Control characters were removed.")),
    (re.compile("[" + _BIDI + "]"), _("Marks that change the direction of text were removed.")),
    (re.compile("[" + _INVISIBLE + "]"), _("Invisible characters were removed.")),
)
_ANY = re.compile("[" + _UNSTORABLE + _CONTROL + _BIDI + _INVISIBLE + "]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_TRAILING = re.compile(r"[^\S\n]+$", re.MULTILINE)


@dataclass(frozen=True)
class Cleaned:
    """A text that may be stored, and a lazy sentence for each kind of thing that had to go."""

    text: str
    removed: tuple[Any, ...] = ()


def cleanse(text: str, *, multiline: bool = False) -> Cleaned:
    """The text in normal form C without control, invisible and direction characters, trimmed.

    A single line gets single spaces; many lines keep their inner spaces and get plain line ends.
    """
    if multiline or not text.isprintable():
        text = _LINE_ENDS.sub("\n" if multiline else " ", text)
    removed: tuple[Any, ...] = ()
    if not text.isascii() or not text.isprintable():
        if _ANY.search(text):
            removed = tuple(sentence for pattern, sentence in _REMOVED if pattern.search(text))
            text = _ANY.sub("", text)
        text = unicodedata.normalize("NFC", text)
    if multiline:
        return Cleaned(_TRAILING.sub("", text).strip(), removed)
    return Cleaned(" ".join(text.split()), removed)


def clean(text: str, *, multiline: bool = False) -> str:
    """The cleaned text alone, see `cleanse`."""
    return cleanse(text, multiline=multiline).text
