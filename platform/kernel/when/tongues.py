"""What reading and wording of dates know about each language: names of months, days and units.

Data of the kind that Unicode's CLDR holds; sentences stay in the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@dataclass(frozen=True)
class Tongue:
    """One language. `order` is how it writes 11/03/2026; months and days begin with January and Monday."""

    order: str
    months: tuple[str, ...]
    months_short: tuple[str, ...]
    days: tuple[str, ...]
    date: str
    moment: str
    day_month: str
    short: str
    short_year: str
    units: dict[str, str]


ENGLISH = Tongue(
    order="mdy",
    months=_words("January February March April May June July August September October November December"),
    months_short=_words("Jan. Feb. March April May June July Aug. Sept. Oct. Nov. Dec."),
    days=_words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    date="{short} {day}, {year}",
    moment="{short} {day}, {year}, {time}",
    day_month="{weekday}, {short} {day}",
    short="{short} {day}",
    short_year="{short} {day}, {year}",
    units={"d": "d", "h": "h", "min": "min", "s": "s"},
)
RUSSIAN = Tongue(
    order="dmy",
    months=_words("января февраля марта апреля мая июня июля августа сентября октября ноября декабря"),
    months_short=_words("янв. февр. марта апр. мая июня июля авг. сент. окт. нояб. дек."),
    days=_words("Понедельник Вторник Среда Четверг Пятница Суббота Воскресенье"),
    date="{day} {month} {year} г.",
    moment="{day:02d}.{number:02d}.{year} {time}",
    day_month="{weekday}, {day} {month}",
    short="{day} {short}",
    short_year="{day} {short} {year} г.",
    units={"d": "д", "h": "ч", "min": "мин", "s": "с"},
)
TONGUES = {"en": ENGLISH, "ru": RUSSIAN}


def tongue(language: str) -> Tongue:
    """The language's data; `en-gb` is read as `en`, an unknown language as English."""
    return TONGUES.get(language[:2].lower(), ENGLISH)


# What people type, folded (small letters, no accents, е for ё): any beginning of three letters or more.
MONTH_WORDS: tuple[tuple[str, ...], ...] = tuple(
    _words(forms)
    for forms in (
        "january январь января январе",
        "february февраль февраля феврале",
        "march март марта марте",
        "april апрель апреля апреле",
        "may май мая мае",
        "june июнь июня июне",
        "july июль июля июле",
        "august август августа августе",
        "september сентябрь сентября сентябре",
        "october октябрь октября октябре",
        "november ноябрь ноября ноябре",
        "december декабрь декабря декабре",
    )
)
WEEKDAYS: dict[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "monday mon mo понедельник пн",
            "tuesday tue tues tu вторник вт",
            "wednesday wed we среда среду ср",
            "thursday thu thur thurs th четверг чт",
            "friday fri fr пятница пятницу пт",
            "saturday sat sa суббота субботу сб",
            "sunday sun su воскресенье воскресение вс",
        )
    )
    for word in words.split()
}
UNITS: dict[str, str] = {
    word: unit
    for unit, words in {
        "minute": "minute minutes min mins m минута минуту минуты минут мин",
        "hour": "hour hours h hr hrs час часа часов ч",
        "day": "day days d день дня дней д дн сутки суток",
        "week": "week weeks w wk неделя неделю недели недель нед",
        "month": "month months mo mos месяц месяца месяцев мес",
        "year": "year years y yr год года лет г",
    }.items()
    for word in words.split()
}
NUMBERS: dict[str, int] = {
    word: number
    for number, words in {
        1: "a an one один одну одна",
        2: "two два две пару",
        3: "three три",
        4: "four четыре",
        5: "five пять",
        6: "six шесть",
        7: "seven семь",
        8: "eight восемь",
        9: "nine девять",
        10: "ten десять",
    }.items()
    for word in words.split()
}
NEARBY_DAYS: dict[str, int] = {
    "today": 0, "сегодня": 0, "tomorrow": 1, "tmrw": 1, "завтра": 1, "day after tomorrow": 2,
    "the day after tomorrow": 2, "послезавтра": 2, "yesterday": -1, "вчера": -1, "позавчера": -2,
    "day before yesterday": -2, "the day before yesterday": -2,
}  # fmt: skip
