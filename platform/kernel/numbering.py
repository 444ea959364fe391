"""Whether a country's numbering plan has given a number out: the library's answer, several times as fast.

The library tries the rare kinds of numbers first and finds a number's region twice. Imports ask for every
number of a file, so here the common kinds come first, with patterns compiled once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import phonenumbers

# Fixed and mobile lines are nearly all numbers there are; the order does not change the answer.
_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "voip", "personal_number", "pager", "uan",
    "voicemail",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One kind of number: its digits, and how many there may be (empty: as the general description says)."""

    digits: re.Pattern[str]
    lengths: frozenset[int]

    def fits(self, national: str) -> bool:
        if self.lengths and len(national) not in self.lengths:
            return False
        return self.digits.fullmatch(national) is not None


@dataclass(frozen=True, slots=True)
class _Plan:
    """The plan of one region. ``leading`` are digits that tell it from its neighbours with the same country code."""

    leading: re.Pattern[str] | None
    general: _Pattern | None
    kinds: tuple[_Pattern, ...]

    def knows(self, national: str) -> bool:
        if self.general is None or not self.general.fits(national):
            return False
        return any(kind.fits(national) for kind in self.kinds)


def given_out(number: phonenumbers.PhoneNumber) -> bool:
    """The same as ``phonenumbers.is_valid_number``."""
    plans = _plans(number.country_code)
    national = phonenumbers.national_significant_number(number)
    if len(plans) == 1:
        return plans[0].knows(national)
    for plan in plans:
        if plan.leading is not None:
            if plan.leading.match(national):
                return plan.knows(national)
        elif plan.knows(national):
            return True
    return False


def international(digits: str) -> phonenumbers.PhoneNumber | None:
    """The number of the digits behind a plus, if it was given out and can only be read in one way.

    Nothing for anything unusual (a national prefix inside, a leading zero): then the library has to look.
    """
    for length in (1, 2, 3):
        code = int(digits[:length] or 0)
        if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            national = digits[length:]
            prefix = _prefix(code)
            if not 3 < len(national) < 15 or national[0] == "0" or (prefix and prefix.match(national)):
                return None
            number = phonenumbers.PhoneNumber(country_code=code, national_number=int(national))
            return number if given_out(number) else None
    return None


@lru_cache(maxsize=300)
def _prefix(country_code: int) -> re.Pattern[str] | None:
    """What people of a country dial before a number at home, and write abroad by mistake."""
    region = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[country_code][0]
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(country_code, region)
    prefix = metadata.national_prefix_for_parsing if metadata is not None else None
    return re.compile(prefix) if prefix else None


@lru_cache(maxsize=300)
def _plans(country_code: int) -> tuple[_Plan, ...]:
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(country_code, ())
    found = (
        phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(country_code, one) for one in regions
    )
    return tuple(_plan(metadata) for metadata in found if metadata is not None)


def _plan(metadata: Any) -> _Plan:
    kinds = (_pattern(getattr(metadata, kind)) for kind in _KINDS)
    leading = re.compile(metadata.leading_digits) if metadata.leading_digits is not None else None
    return _Plan(leading, _pattern(metadata.general_desc), tuple(kind for kind in kinds if kind is not None))


def _pattern(description: Any) -> _Pattern | None:
    if description is None or not description.national_number_pattern:
        return None
    return _Pattern(re.compile(description.national_number_pattern), frozenset(description.possible_length))
