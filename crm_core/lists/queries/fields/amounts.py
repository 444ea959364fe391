"""Money: an amount is compared with amounts of its own currency only, nothing is converted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _

from crm_core.lists.queries.conditions import Condition
from crm_core.lists.queries.fields.plain import NumberFilter, ends
from crm_core.lists.queries.reader import Reader
from crm_core.lists.queries.words import WORDS
from kernel.currencies import CURRENCIES
from kernel.errors import Invalid
from kernel.money import format_money, parse_amount

MOST_MINOR = 10**13


@dataclass(frozen=True, slots=True)
class MoneyFilter(NumberFilter):
    """Minor units in ``path``, their currency in ``currency`` (a path too).

    In the URL an amount is written in major units with its currency, ``1000.50 EUR`` or ``100..200 EUR``;
    without a currency the workspace's own is meant.
    """

    currency: str = "currency"
    widget: ClassVar[str] = "money"

    def _q(self, condition: Condition, reader: Reader) -> Q:
        empty = self._emptiness(condition)
        if empty is not None:
            return empty
        amounts, code = self._split(condition, reader)
        minor = [self._minor(text, code, condition) if text else None for text in amounts]
        if minor[0] is None and condition.word != "between":
            raise self.bad_value(condition.value)
        return self.range_q(condition, minor) & Q(**{self.currency: code})

    def _split(self, condition: Condition, reader: Reader) -> tuple[list[str], str]:
        """The amounts as text and the code of their currency. Raises ``Unfit``."""
        number, _blank, code = condition.value.partition(" ")
        code = code.strip().upper() or reader.currency
        if code not in CURRENCIES:
            raise self.bad_value(condition.value)
        if condition.word == "between":
            low, _dots, high = number.partition("..")
            return [low, high], code
        return [number], code

    def _minor(self, text: str, code: str, condition: Condition) -> int:
        try:
            minor = Decimal(text).scaleb(CURRENCIES[code].exponent)
            whole = int(minor)
        except (InvalidOperation, ValueError, OverflowError):
            raise self.bad_value(condition.value) from None
        if abs(minor) >= MOST_MINOR:
            raise self.bad_value(condition.value)
        return whole

    def say_values(self, condition: Condition, reader: Reader) -> list[str]:
        amounts, code = self._split(condition, reader)
        said = [
            format_money(self._minor(text, code, condition), code, reader.language, cents="list")
            for text in amounts
            if text
        ]
        if condition.word == "between" and len(said) == 2:
            return [_("%(low)s and %(high)s") % {"low": said[0], "high": said[1]}]
        return said

    def read(self, word: str, data: dict[str, list[str]], reader: Reader) -> Condition:
        if WORDS[word].takes == "nothing":
            return Condition(self.name, word)
        code = next(iter(data.get("currency", [])), "").upper() or reader.currency
        if code not in CURRENCIES:
            raise Invalid(_("Choose a currency."), field="currency")
        low = self._major(next(iter(data.get("value", [])), ""), code, reader, "value")
        if word == "between":
            high = self._major(next(iter(data.get("value_to", [])), ""), code, reader, "value_to")
            if not low and not high:
                raise Invalid(_("Enter at least one end."), field="value")
            return Condition(self.name, word, (f"{low}..{high} {code}",))
        if not low:
            raise Invalid(_("Enter an amount."), field="value")
        return Condition(self.name, word, (f"{low} {code}",))

    def _major(self, text: str, code: str, reader: Reader, name: str) -> str:
        if not text.strip():
            return ""
        try:
            minor = parse_amount(text, currency=code, language=reader.language, allow_negative=True)
        except Invalid as error:
            raise error.at(name) from error
        return format(Decimal(minor).scaleb(-CURRENCIES[code].exponent), "f")

    def fill(self, condition: Condition, reader: Reader) -> dict[str, Any]:
        number, _blank, code = condition.value.partition(" ")
        shown = Condition(condition.field, condition.word, (number,)) if number else condition
        low, high = [*ends(shown), "", ""][:2]
        return {"value": low, "value_to": high, "currency": code or reader.currency}
