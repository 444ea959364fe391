"""Folding for search, and sort keys that give a natural order under plain code point collation."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not take apart; й is kept, because и without its breve is another letter.
_LETTERS = {
    "ё": "е", "й": "й", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i",
    "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k",
}  # fmt: skip
# Joined without a trace: O'Neil is found by oneil.
_SILENT = "'’‘ʼ`´ʹ\u00ad\u200b\u200c\u200d\u2060\ufeff"


class _FoldTable(dict[int, str]):
    """Works out the folding of each character once; `str.translate` reads it."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in _SILENT:
            folded = ""
        elif char in _LETTERS:
            folded = _LETTERS[char]
        else:
            taken_apart = unicodedata.normalize("NFKD", char).casefold()
            kept = (part for part in taken_apart if not unicodedata.combining(part))
            folded = "".join(_LETTERS.get(part, part) if part.isalnum() else " " for part in kept)
            if unicodedata.combining(char):
                folded = ""
        self[code] = folded
        return folded


_FOLDED = _FoldTable()


def fold(text: str) -> str:
    """Small letters and digits with single spaces: how texts are compared in search and for duplicates.

    ё is е, accents go, punctuation parts words (apostrophes join them). A text of signs alone stays itself.
    """
    lowered = text.casefold() if text.isascii() else unicodedata.normalize("NFC", text).casefold()
    folded = " ".join(lowered.translate(_FOLDED).split())
    return folded or " ".join(lowered.split())


_LEGAL_FORM = re.compile(
    r"(?:ооо|оао|зао|пао|нао|ао|ип|тоо|одо|чп|чуп|муп|гуп|фгуп|фгбу|гбу|нко|ано|тов|ooo|oao|zao|ип)"
    r"(?=[\s\"«„“'(])[\s\"«„“'(]+(?=\S)",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^[\W_]+")
_DIGITS = re.compile(r"\d+")
# Letters of our neighbours' alphabets beside the letter that they follow there.
_NEIGHBOURS = str.maketrans(
    {"і": "иі", "ї": "иї", "є": "еє", "ґ": "гґ", "ў": "уў", "ә": "аә", "ғ": "гғ", "қ": "кқ", "ң": "нң",
     "ө": "оө", "ұ": "уұ", "ү": "уү", "һ": "хһ"}
)  # fmt: skip
_PRIMARY_LENGTH = 200
_SECONDARY_LENGTH = 100


def strip_legal_form(name: str) -> str:
    """A company's name without leading quotes and a leading Russian legal form: «Ромашка» of ООО «Ромашка»."""
    bare = _LEADING.sub("", name)
    return _LEADING.sub("", _LEGAL_FORM.sub("", bare, count=1)) or bare or name


def _padded(found: re.Match[str]) -> str:
    digits = found[0].lstrip("0") or "0"
    return f"{min(len(digits), 99):02d}{digits[:99]}"


def sort_key(text: str) -> str:
    """A key whose plain code point order (C.UTF-8) is the order people expect, for names in any case.

    Numbers count by value (Item 2 before Item 10), ё stands with е and after it in otherwise equal names,
    accents only break ties, leading quotes and a leading Russian legal form do not count, digits come
    before Latin and Latin before Cyrillic. At most 302 characters.
    """
    bare = strip_legal_form(text)
    lowered = unicodedata.normalize("NFC", bare).casefold()
    main = fold(bare)
    # fold() takes ї apart to і and ў to у, so the neighbours' letters are placed before it.
    placed = lowered.translate(_NEIGHBOURS)
    if placed != lowered:
        main = " ".join("".join(_place(char) for char in placed).split())
    primary = _DIGITS.sub(_padded, main)[:_PRIMARY_LENGTH]
    whole = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    # Two spaces never stand inside the first part, so the tie-break can only decide between equal ones.
    return f"{primary}  {whole[:_SECONDARY_LENGTH]}" if whole != main else primary


def _place(char: str) -> str:
    return char if ord(char) in _NEIGHBOUR_LETTERS else char.translate(_FOLDED)


_NEIGHBOUR_LETTERS = frozenset(_NEIGHBOURS)
