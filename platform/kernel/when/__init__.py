"""Time: the only clock, reading of dates as people type them, and wording of moments in two languages.

Moments are stored and passed as aware datetimes in UTC; dates without a time are never shifted by a zone.
"""

from kernel.when.clock import frozen, now, today
from kernel.when.reading import parse_date, parse_moment, parse_time
from kernel.when.wording import format_duration, format_typed, format_when
from kernel.when.zones import is_zone, read_zone, zone_choices

__all__ = [
    "format_duration",
    "format_typed",
    "format_when",
    "frozen",
    "is_zone",
    "now",
    "parse_date",
    "parse_moment",
    "parse_time",
    "read_zone",
    "today",
    "zone_choices",
]
