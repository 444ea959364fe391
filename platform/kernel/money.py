"""Money: whole numbers of minor units with a currency, read as people type it and worded as they read it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from django.utils.translation import gettext_lazy as _

from kernel.currencies import CURRENCIES, Currency, currency_choices, currency_of
from kernel.errors import Invalid

__all__ = [
    "CURRENCIES",
    "LIMIT",
    "Currency",
    "Money",
    "Point",
    "Totals",
    "currency_choices",
    "currency_of",
    "format_amount",
    "format_money",
    "parse_amount",
    "parse_number",
]

Cents = Literal["auto", "always", "never", "list"]
Point = Literal[".", ","]
# Minor units. Far above any deal, far below what sums in a 64-bit column can hold.
LIMIT = 10**13
_NO_BREAK = "\u00a0"
_MINUS = "\u2212"


@dataclass(frozen=True, order=False)
class Money:
    """An amount in minor units (cents, kopecks) of one currency. Different currencies never mix."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        currency_of(self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be mixed.")
        return other.minor

    @property
    def amount(self) -> Decimal:
        """The amount in whole units: 1234.50."""
        return Decimal(self.minor).scaleb(-currency_of(self.currency).exponent)

    def times(self, factor: Decimal | int) -> Money:
        """The product, rounded half up to a minor unit: `times(Decimal("0.2"))` for 20 per cent."""
        product = (Decimal(self.minor) * factor).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return Money(int(product), self.currency)

    def split(self, parts: int) -> list[Money]:
        """Equal shares that differ by at most one minor unit and add up to the whole."""
        share, rest = divmod(self.minor, parts)
        return [Money(share + (1 if i < rest else 0), self.currency) for i in range(parts)]

    def format(self, language: str, *, cents: Cents = "auto") -> str:
        """The amount in words, see `format_money`."""
        return format_money(self.minor, self.currency, language, cents=cents)


class Totals(Mapping[str, Money]):
    """Sums per currency, in order of first appearance: `Totals(money for …)`; nothing is converted."""

    def __init__(self, amounts: Iterable[Money] = ()) -> None:
        self._sums: dict[str, Money] = {}
        for money in amounts:
            self.add(money)

    def add(self, money: Money) -> None:
        """Add one amount to the sum of its currency."""
        before = self._sums.get(money.currency)
        self._sums[money.currency] = before + money if before else money

    def __getitem__(self, currency: str) -> Money:
        return self._sums[currency]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sums)

    def __len__(self) -> int:
        return len(self._sums)

    def format(self, language: str, *, cents: Cents = "list") -> str:
        """All sums in one line, largest currency groups as they came: `€1,200 + 5 000 ₽`."""
        return " + ".join(money.format(language, cents=cents) for money in self._sums.values())


def format_money(minor: int | None, currency: str, language: str, *, cents: Cents = "auto") -> str:
    """An amount with its symbol: `€1,234.50`, in Russian `1 234,50 €` with no-break spaces.

    `cents`: `auto` leaves them out of whole amounts, `always` and `never` (rounded half up) mean it, and
    `list` is `auto` except that roubles lose their kopecks. Nothing for None.
    """
    if minor is None:
        return ""
    money = currency_of(currency)
    number = format_amount(minor, currency, language, cents=cents)
    sign = _MINUS if number.startswith(_MINUS) else ""
    number = number.removeprefix(_MINUS)
    if language[:2] == "ru":
        return f"{sign}{number}{_NO_BREAK}{money.symbol}"
    space = _NO_BREAK if money.symbol[-1].isalpha() else ""
    return f"{sign}{money.symbol}{space}{number}"


def format_amount(minor: int, currency: str, language: str, *, cents: Cents = "auto") -> str:
    """The bare number as it stands in a form field or a column that names its currency elsewhere."""
    money = currency_of(currency)
    if cents == "never" or (cents == "list" and currency == "RUB"):
        minor = (abs(minor) + money.unit // 2) // money.unit * money.unit * (1 if minor >= 0 else -1)
        shown = False
    else:
        shown = cents == "always" or minor % money.unit != 0
    whole, rest = divmod(abs(minor), money.unit)
    group, point = (_NO_BREAK, ",") if language[:2] == "ru" else (",", ".")
    text = f"{whole:,}".replace(",", group)
    if shown and money.exponent:
        text += f"{point}{rest:0{money.exponent}d}"
    return f"{_MINUS}{text}" if minor < 0 else text


# How people write currencies beside a number; `$` and `р` may belong to several, the likeliest first.
_MARKS: dict[str, tuple[str, ...]] = {
    "$": ("USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP", "TWD"),
    "us$": ("USD",),
    "c$": ("CAD",),
    "£": ("GBP", "EGP"),
    "¥": ("JPY", "CNY"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    **dict.fromkeys(("fr", "sfr"), ("CHF",)),
    **dict.fromkeys(("р", "руб", "рубль", "рубля", "рублей"), ("RUB", "BYN")),
    **dict.fromkeys(("euro", "euros", "евро"), ("EUR",)),
    **dict.fromkeys(("dollar", "dollars", "доллар", "доллара", "долларов", "долл"), ("USD",)),
    **dict.fromkeys(("тенге", "тг"), ("KZT",)),
    **dict.fromkeys(("гривна", "гривны", "гривен", "грн"), ("UAH",)),
}
_SCALES = {
    **dict.fromkeys(("k", "к", "тыс", "тысяча", "тысячи", "тысяч", "thousand"), 3),
    **dict.fromkeys(("m", "mln", "mio", "million", "м", "млн", "миллион", "миллиона", "миллионов"), 6),
    **dict.fromkeys(("bn", "billion", "млрд", "миллиард", "миллиарда", "миллиардов"), 9),
}
# A point behind a letter ends an abbreviation ("лв.3"), it begins no ".3".
_NUMBER = re.compile(r"(?:(?<![^\W\d_])[.,])?\d(?:[\d.,' ]*\d)?")
_SCIENTIFIC = re.compile(r"\d{1,15}(?:[.,]\d{1,15})?e\+?\d{1,2}")


def parse_amount(
    text: str, *, currency: str, language: str, allow_negative: bool = False, point: Point | None = None
) -> int:
    """Minor units of an amount as people type it: `1 234,50`, `€1,200`, `1200 руб.`, `12k`, `6.0E7`.

    A single comma or point before exactly three digits parts thousands, otherwise cents; where both stand,
    the last one parts cents. `point` settles it where the file is known to part cents by it. Raises Invalid
    in words, also for 10^13 minor units and more.
    """
    money = currency_of(currency)
    folded = _fold(text)
    negative, folded = _sign(folded)
    number, scale = _without_words(folded, money, text)
    if not number:
        raise Invalid(_("Enter an amount.")) if not folded else _not_a_number(text)
    if negative and not allow_negative:
        raise Invalid(_("The amount cannot be negative."))
    either = bool(scale) or money.exponent == 3
    value = _value(number, language, text, either=either, lakhs=money.code == "INR", point=point)
    value = value.scaleb(money.exponent + scale)
    if value >= LIMIT:
        limit = format_money(LIMIT // money.unit * money.unit, currency, language)
        raise Invalid(_("The amount is too large: it must be less than %(limit)s."), limit=limit)
    if value != value.to_integral_value():
        raise _too_fine(money)
    return -int(value) if negative else int(value)


def _not_a_number(text: str) -> Invalid:
    return Invalid(_("“%(text)s” is not an amount. Write it like 1234.50."), text=text.strip()[:60])


def _too_fine(money: Currency) -> Invalid:
    if money.exponent == 0:
        return Invalid(_("%(currency)s has no digits after the point."), currency=money.code)
    return Invalid(
        _("%(currency)s has only %(digits)s digits after the point."),
        currency=money.code,
        digits=str(money.exponent),
    )


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = re.sub(r"[\s_\u00a0\u202f\u2009]+", " ", folded).replace("’", "'").replace("`", "'")
    digits = ((char, unicodedata.digit(char, None)) for char in folded)
    return "".join(char if digit is None else str(digit) for char, digit in digits).strip()


def _sign(folded: str) -> tuple[bool, str]:
    """Whether it is negative (a minus at either side of the symbol, or an accountant's brackets), and the rest."""
    if folded.startswith("(") and folded.endswith(")"):
        return True, folded[1:-1].strip()
    # `1200,-` and `1200.–` are whole amounts in the German manner, not negative ones.
    folded = re.sub(r"[.,] ?[-–—=]+$", "", folded)
    bare = re.sub(r"^([^\d]*?)[-−–]", r"\1", folded, count=1)
    return bare != folded, bare.removeprefix("+").strip()


def _without_words(folded: str, money: Currency, text: str) -> tuple[str, int]:
    """The bare number and its power of ten, after checking that any currency beside it is the right one."""
    if _SCIENTIFIC.fullmatch(folded):
        return folded, 0
    found = _NUMBER.search(folded)
    if not found:
        return "", 0
    scale = 0
    words = [*_marks(folded[: found.start()]), *_marks(folded[found.end() :])]
    for word in words:
        if word in _SCALES and not scale:
            scale = _SCALES[word]
            continue
        named = _MARKS.get(word) or _by_symbol(word)
        if not named:
            raise _not_a_number(text)
        if money.code not in named:
            raise Invalid(
                _("This amount is in %(found)s, but the currency here is %(expected)s."),
                found=named[0],
                expected=money.code,
            )
    return found[0], scale


def _marks(side: str) -> list[str]:
    words = re.findall(r"[^\W\d]+[$¥£]?|[^\w\s.,']", side)
    if re.sub(r"[\s.,']", "", side) != "".join(words):
        return ["?"]
    return words


def _by_symbol(word: str) -> tuple[str, ...]:
    if word.upper() in CURRENCIES:
        return (word.upper(),)
    return tuple(c.code for c in CURRENCIES.values() if c.symbol.casefold().rstrip(".") == word)


def parse_number(text: str, *, language: str, point: Point | None = None) -> Decimal:
    """A plain number as people type it, without a currency; a per cent sign is passed over.

    A single comma or point before three digits is read as the language does, unless `point` settles it.
    Raises Invalid in words.
    """
    folded = _fold(text).removesuffix("%").strip()
    if not folded:
        raise Invalid(_("Enter a number."))
    negative, folded = _sign(folded)
    if not (_SCIENTIFIC.fullmatch(folded) or _NUMBER.fullmatch(folded)):
        raise Invalid(_("“%(text)s” is not a number."), text=text.strip()[:60])
    value = _value(folded, language, text, either=True, lakhs=False, point=point)
    return -value if negative else value


def _value(
    number: str, language: str, text: str, *, either: bool, lakhs: bool, point: Point | None
) -> Decimal:
    """`either`: a single mark before three digits may part thousands or decimals, so the language decides."""
    if "e" in number:
        return Decimal(number.replace(",", "."))
    if number[0] in ".,":
        number = "0" + number
    compact = re.sub(r"(?<=\d)[ '](?=\d{3}(?!\d))", "", number)
    if " " in compact or "'" in compact:
        raise _not_a_number(text)
    marks = [char for char in compact if char in ".,"]
    if not marks:
        return Decimal(compact)
    last = point if point and point in marks else marks[-1]
    whole, _mark, rest = compact.rpartition(last)
    if len(set(marks)) == 2:
        if marks.count(last) > 1 or marks[-1] != last:
            raise _not_a_number(text)
        return Decimal(f"{_ungroup(whole, marks[0], lakhs, text)}.{rest}")
    if len(marks) > 1 or (point and last != point):
        if last == point:
            raise _not_a_number(text)
        return Decimal(_ungroup(compact, last, lakhs, text))
    thousands = len(rest) == 3 and len(whole) <= 3 and not whole.startswith("0") and compact == number
    if point:
        thousands = False
    elif thousands and either:
        thousands = last == ("," if language[:2] != "ru" else ".")
    return Decimal(whole + rest if thousands else f"{whole}.{rest}")


def _ungroup(whole: str, mark: str, lakhs: bool, text: str) -> str:
    head, *groups = whole.split(mark)
    sizes = [len(group) for group in groups]
    indian = lakhs and sizes[-1:] == [3] and set(sizes[:-1]) <= {2} and len(head) <= 2
    if not 1 <= len(head) <= 3 or head.startswith("0") or not (indian or set(sizes) <= {3}):
        raise _not_a_number(text)
    return head + "".join(groups)
