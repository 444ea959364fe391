"""Small things made from names: initials, a colour, an address, the nearest known word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from zlib import crc32

from kernel.text.folding import fold, strip_legal_form

# The ten hues of the interface; grey is left for what has no name.
HUES = ("red", "orange", "amber", "lime", "green", "teal", "sky", "indigo", "violet", "pink")
NO_INITIALS = "?"

_ROMAN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i",
    "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "",
    "э": "e", "ю": "yu", "я": "ya", "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "u",
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h",
}  # fmt: skip


def initials(name: str) -> str:
    """One or two capital letters for an avatar: АП for Анна Петрова, Р for ООО «Ромашка»."""
    words = re.findall(r"[^\W_]+", strip_legal_form(name.partition("@")[0]))
    if not words:
        return NO_INITIALS
    ends = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0].upper()[:1] for word in ends)


def hue_of(key: object) -> str:
    """One of the ten hue names, always the same for the same key (a record's id, a name)."""
    return HUES[crc32(str(key).encode()) % len(HUES)]


def slugify(text: str, *, longest: int = 40) -> str:
    """An address of [a-z0-9-] from a name, Cyrillic written in Latin: severny-svet for Северный свет.

    Empty when nothing is left; never begins or ends with a hyphen.
    """
    lowered = unicodedata.normalize("NFC", text).casefold()
    # Endings -ый and -ий are one y, as in passports and street signs.
    lowered = re.sub(r"[ыи]й\b", "ы", lowered)
    roman = "".join(_ROMAN.get(char, char) for char in lowered)
    slug = re.sub(r"[^a-z0-9]+", "-", fold(roman)).strip("-")
    if len(slug) <= longest:
        return slug
    cut = slug[: longest + 1].rpartition("-")[0]
    return cut if len(cut) >= longest // 2 else slug[:longest].strip("-")


def similar(a: str, b: str) -> float:
    """How alike two words are, from 0 to 1: one minus the share of letters to add, drop, change or swap."""
    first, second = fold(a), fold(b)
    longest = max(len(first), len(second))
    return 1.0 if not longest else 1 - _distance(first, second) / longest


def closest(word: str, known: Iterable[str], *, least: float = 0.7) -> str | None:
    """The known word to offer as “did you mean”, or none if nothing is near enough."""
    best = max(known, key=lambda other: similar(word, other), default=None)
    return best if best is not None and similar(word, best) >= least else None


def _distance(a: str, b: str) -> int:
    """Damerau's distance with swaps of neighbours, rows only."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, start=1):
        current = [i]
        for j, right in enumerate(b, start=1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, row = row, current
    return row[-1]
