"""The wrong keyboard layout: what was typed on the keys of the other alphabet."""

from __future__ import annotations

from kernel.text.folding import fold

_LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_LATIN_SHIFTED = '~QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>'
_TO_CYRILLIC = str.maketrans(_LATIN + _LATIN_SHIFTED, _CYRILLIC + _CYRILLIC.upper())
_TO_LATIN = str.maketrans(_CYRILLIC + _CYRILLIC.upper(), _LATIN + _LATIN_SHIFTED)


def relayout(text: str) -> str:
    """The same keys in the other layout: ghbdtn is привет, руддщ is hello. The greater script decides."""
    latin = sum(1 for char in text if char.isascii() and char.isalpha())
    cyrillic = sum(1 for char in text if "\u0400" <= char <= "\u04ff")
    if latin == cyrillic == 0:
        return text
    return text.translate(_TO_CYRILLIC if latin >= cyrillic else _TO_LATIN)


def variants(query: str) -> tuple[str, ...]:
    """The folded spellings to search for, as typed first, without doubles; empty for an empty query."""
    other = fold(relayout(query))
    found = (fold(query), other if any(char.isalpha() for char in other) else "")
    return tuple(dict.fromkeys(spelling for spelling in found if spelling))
