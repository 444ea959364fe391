"""Time zones: which exist, and the short list that people choose from."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext_lazy as _

from kernel.errors import Invalid

# One city per rule of the clock that people are likely to live by; any other IANA name is accepted too.
CITIES: dict[str, Any] = {
    "UTC": _("Coordinated Universal Time"),
    "Pacific/Honolulu": _("Honolulu"),
    "America/Anchorage": _("Anchorage"),
    "America/Los_Angeles": _("Los Angeles"),
    "America/Vancouver": _("Vancouver"),
    "America/Phoenix": _("Phoenix"),
    "America/Denver": _("Denver"),
    "America/Mexico_City": _("Mexico City"),
    "America/Chicago": _("Chicago"),
    "America/Bogota": _("Bogota"),
    "America/New_York": _("New York"),
    "America/Toronto": _("Toronto"),
    "America/Halifax": _("Halifax"),
    "America/Santiago": _("Santiago"),
    "America/Sao_Paulo": _("Sao Paulo"),
    "America/Argentina/Buenos_Aires": _("Buenos Aires"),
    "Atlantic/Azores": _("Azores"),
    "Atlantic/Reykjavik": _("Reykjavik"),
    "Europe/Lisbon": _("Lisbon"),
    "Europe/London": _("London"),
    "Europe/Dublin": _("Dublin"),
    "Africa/Lagos": _("Lagos"),
    "Europe/Amsterdam": _("Amsterdam"),
    "Europe/Belgrade": _("Belgrade"),
    "Europe/Berlin": _("Berlin"),
    "Europe/Brussels": _("Brussels"),
    "Europe/Copenhagen": _("Copenhagen"),
    "Europe/Madrid": _("Madrid"),
    "Europe/Oslo": _("Oslo"),
    "Europe/Paris": _("Paris"),
    "Europe/Prague": _("Prague"),
    "Europe/Rome": _("Rome"),
    "Europe/Stockholm": _("Stockholm"),
    "Europe/Vienna": _("Vienna"),
    "Europe/Warsaw": _("Warsaw"),
    "Europe/Zurich": _("Zurich"),
    "Africa/Cairo": _("Cairo"),
    "Africa/Johannesburg": _("Johannesburg"),
    "Asia/Jerusalem": _("Jerusalem"),
    "Europe/Athens": _("Athens"),
    "Europe/Bucharest": _("Bucharest"),
    "Europe/Chisinau": _("Chisinau"),
    "Europe/Helsinki": _("Helsinki"),
    "Europe/Kaliningrad": _("Kaliningrad"),
    "Europe/Kyiv": _("Kyiv"),
    "Europe/Riga": _("Riga"),
    "Europe/Tallinn": _("Tallinn"),
    "Europe/Vilnius": _("Vilnius"),
    "Africa/Nairobi": _("Nairobi"),
    "Asia/Riyadh": _("Riyadh"),
    "Europe/Istanbul": _("Istanbul"),
    "Europe/Minsk": _("Minsk"),
    "Europe/Moscow": _("Moscow"),
    "Asia/Tehran": _("Tehran"),
    "Asia/Baku": _("Baku"),
    "Asia/Dubai": _("Dubai"),
    "Asia/Tbilisi": _("Tbilisi"),
    "Asia/Yerevan": _("Yerevan"),
    "Europe/Samara": _("Samara"),
    "Asia/Karachi": _("Karachi"),
    "Asia/Almaty": _("Almaty"),
    "Asia/Tashkent": _("Tashkent"),
    "Asia/Yekaterinburg": _("Yekaterinburg"),
    "Asia/Kolkata": _("Kolkata"),
    "Asia/Bishkek": _("Bishkek"),
    "Asia/Dhaka": _("Dhaka"),
    "Asia/Omsk": _("Omsk"),
    "Asia/Bangkok": _("Bangkok"),
    "Asia/Jakarta": _("Jakarta"),
    "Asia/Krasnoyarsk": _("Krasnoyarsk"),
    "Asia/Novosibirsk": _("Novosibirsk"),
    "Asia/Hong_Kong": _("Hong Kong"),
    "Asia/Irkutsk": _("Irkutsk"),
    "Asia/Shanghai": _("Shanghai"),
    "Asia/Singapore": _("Singapore"),
    "Australia/Perth": _("Perth"),
    "Asia/Seoul": _("Seoul"),
    "Asia/Tokyo": _("Tokyo"),
    "Asia/Yakutsk": _("Yakutsk"),
    "Australia/Sydney": _("Sydney"),
    "Asia/Vladivostok": _("Vladivostok"),
    "Asia/Magadan": _("Magadan"),
    "Asia/Kamchatka": _("Petropavlovsk-Kamchatsky"),
    "Pacific/Auckland": _("Auckland"),
}


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Whether this is an IANA zone name."""
    return name in _known()


def read_zone(zone: str | tzinfo) -> tzinfo:
    """The zone of an IANA name; a tzinfo passes through. Raises Invalid for an unknown name."""
    if isinstance(zone, tzinfo):
        return zone
    if not is_zone(zone):
        raise Invalid(_("There is no time zone called “%(zone)s”."), zone=zone)
    return ZoneInfo(zone)


def zone_choices(at: datetime, *, keep: str = "") -> list[tuple[str, str]]:
    """Names and labels such as `(UTC+03:00) Moscow`, west to east at that moment.

    `keep` is a name in use that must stay in the list even if it is none of our cities. Labels are in the
    active language.
    """
    names = dict(CITIES)
    if keep and is_zone(keep):
        names.setdefault(keep, keep.rpartition("/")[2].replace("_", " "))
    rows = []
    for name, city in names.items():
        if is_zone(name):
            offset = at.astimezone(ZoneInfo(name)).utcoffset() or timedelta()
            rows.append((offset, str(city), name))
    return [(name, f"({_offset(offset)}) {city}") for offset, city, name in sorted(rows)]


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
