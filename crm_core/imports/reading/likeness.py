"""How much a decoded text looks like something that a person wrote: the judge between single-byte encodings."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+")
_BEYOND = re.compile(r"[^\x00-\x7f]")

# Shares of letters in Russian prose, rounded; what is missing is rare.
_RUSSIAN = dict(zip("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", (
    1.0, .9, .85, .8, .75, .72, .65, .58, .54, .52, .46, .42, .4, .38, .36, .34, .3, .28, .28, .28, .27, .25, .24,
    .22, .22, .2, .2, .17, .16, .15, .14, .05, .05), strict=True))  # fmt: skip
_NEIGHBOURS = dict.fromkeys("іїєґўәғқңөұүһ", 0.25)
_CYRILLIC = {**_RUSSIAN, **_NEIGHBOURS}
_LATIN = {
    **dict.fromkeys("éèêëàâäáåæçñóòôöøúùûüíìîïßãõœ", 0.9),
    **dict.fromkeys("ąćęłńśźżčďěňřšťůžőűăâîșț", 0.75),
    **dict.fromkeys("ğış", 0.75),
    **dict.fromkeys("ýľđ", 0.4),
    **dict.fromkeys("ðþÿŕĺţ", 0.1),
}
_GREEK = {**dict.fromkeys("αοιετνσυρηπκμλςω", 0.7), **dict.fromkeys("άέήίόύώγδθχφβξζψ", 0.5)}
_SIGNS = {
    **dict.fromkeys("«»„“”‘’–—…№°§©®™€£₽", 0.5),
    **dict.fromkeys("•·½¼²³±×\u00a0", 0.3),
    **dict.fromkeys("¡¿µ", 0.0),
}
_ODD_SIGN = -0.8
_BROKEN = -2.0
_ALONE = 0.15


def likeness(text: str) -> float:
    """The mean credit of the characters beyond ASCII, about 0.5 for prose in the right encoding, else less."""
    credit = 0.0
    count = 0
    for found in _WORD.finditer(text):
        word = found[0]
        if not word.isascii():
            count += sum(1 for char in word if not char.isascii() and char not in "ºª")
            credit += _of_word(word)
    for found in _BEYOND.finditer(text):
        char = found[0]
        if not char.isalpha() or char in "ºª":
            count += 1
            credit += _of_sign(
                char, text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
            )
    return credit / count if count else 0.0


def _of_word(word: str) -> float:
    word = word.replace("º", "").replace("ª", "")
    beyond = [char for char in word if not char.isascii()]
    if not beyond:
        return 0.0
    cyrillic = sum(1 for char in word if "\u0400" <= char <= "\u04ff")
    if cyrillic and cyrillic != len(word):
        return _BROKEN * len(beyond)
    if len(word) == 1:
        return _ALONE
    # No European word is made of accents alone; Cyrillic read with a western page is.
    if beyond[0].upper() < "\u0370" and len(beyond) > 0.75 * len(word):
        return _BROKEN * len(beyond)
    greek = "\u0370" <= beyond[0] <= "\u03ff"
    table = _CYRILLIC if cyrillic else _GREEK if greek else _LATIN
    credit = sum(table.get(char.lower(), _BROKEN / 2) for char in beyond)
    # Capitals inside a word are what the wrong page of two makes of small letters.
    if len(word) > 1 and not (word.islower() or word.isupper() or word[1:].islower()):
        inner = sum(1 for char in word[1:] if char.isupper() and not char.isascii())
        credit -= 1.5 * (inner + (word[0].islower() and word[1:].isupper()))
    return credit


def _of_sign(char: str, before: str, after: str) -> float:
    if "\x80" <= char <= "\x9f" or "\u2500" <= char <= "\u259f":
        return _BROKEN
    if char in "ºª":
        return 0.9 if before.isdigit() or before in ("N", "n") else -0.5
    if before.isalpha() and after.isalpha() and char not in "’·\u00a0":
        return _BROKEN / 4 if char in "–—" else _BROKEN / 2
    if char == "€" and (before.isdigit() or after.isdigit() or before == " "):
        return 0.9
    return _SIGNS.get(char, _ODD_SIGN)
