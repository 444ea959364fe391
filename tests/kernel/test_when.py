"""The clock, dates as people type them, and their wording."""

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kernel import when
from kernel.errors import Invalid

SUNDAY = date(2026, 11, 22)
DATES = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31))
LANGUAGES = st.sampled_from(["en", "ru"])


def test_the_clock_is_aware_and_can_be_held():
    assert when.now().tzinfo is UTC
    with when.frozen("2026-11-22T23:30:00+00:00") as clock:
        assert when.now() == when.now()
        assert when.today("Europe/Moscow") == date(2026, 11, 23)
        assert when.today("UTC") == SUNDAY
        clock.advance(hours=1)
        assert when.now() == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    assert when.now().year != 1999
    with pytest.raises(ValueError, match="needs a zone"), when.frozen("2026-11-22T23:30:00"):
        pass


def test_a_held_clock_holds_for_its_own_context_only():
    seen = []
    with when.frozen("2001-01-01T00:00:00Z"):
        other = threading.Thread(target=lambda: seen.append(when.now()))
        other.start()
        other.join()
    assert seen[0].year > 2001


@given(DATES, LANGUAGES, st.sampled_from(["date", "short"]))
def test_what_is_shown_can_be_typed_in_again(day, language, style):
    with when.frozen("2026-11-22T12:00:00Z"):
        shown = when.format_when(day, language=language, style=style)
        read = when.parse_date(shown, language=language, today=SUNDAY)
    # Without a year the next such day is meant.
    assert read == day or (
        style == "short" and day.year == 2026 and (read.month, read.day) == (day.month, day.day)
    )


@given(DATES, LANGUAGES)
def test_numbers_in_every_order(day, language):
    assert when.parse_date(day.isoformat(), language=language) == day
    assert when.parse_date(f"{day:%d.%m.%Y}", language=language) == day
    assert when.parse_date(f"{day:%m/%d/%Y}", language=language, order="mdy") == day
    assert when.parse_date(f"{day:%d/%m/%Y}", language=language, order="dmy") == day
    assert when.parse_date(f"{day:%Y/%m/%d}", language=language) == day


@given(st.text(max_size=40), LANGUAGES)
def test_any_text_is_a_date_or_a_sentence(text, language):
    for read in (
        lambda: when.parse_date(text, language=language, today=SUNDAY),
        lambda: when.parse_time(text),
        lambda: when.parse_moment(text, language=language, zone="Europe/Moscow"),
    ):
        try:
            assert read() is not None
        except Invalid as refusal:
            assert str(refusal)  # noqa: PT017


@given(
    st.from_regex(
        r"(in |через |\+)?[0-9]{0,7} ?(days|дней|years|лет|weeks|минут|hours)( ago| назад)?", fullmatch=True
    )
)
def test_distances_never_leave_the_calendar(text):
    try:
        read = when.parse_date(text, language="en", today=SUNDAY)
    except Invalid:
        return
    assert 1900 <= read.year <= 2200


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "today", SUNDAY),
        ("en", "tomorrow", date(2026, 11, 23)),
        ("en", "Friday", date(2026, 11, 27)),
        ("en", "Sunday", date(2026, 11, 29)),
        ("en", "next week", date(2026, 11, 23)),
        ("en", "in 3 days", date(2026, 11, 25)),
        ("en", "in two weeks", date(2026, 12, 6)),
        ("en", "2 weeks ago", date(2026, 11, 8)),
        ("en", "3rd Nov 26", date(2026, 11, 3)),
        ("en", "Nov. 3, 2026", date(2026, 11, 3)),
        ("en", "11/03/2026", date(2026, 11, 3)),
        ("en", "25/12/2026", date(2026, 12, 25)),
        ("en", "May 5", date(2027, 5, 5)),
        ("en", "29 feb", date(2028, 2, 29)),
        ("en", "2010-10-14T12:00:00.000Z", date(2010, 10, 14)),
        ("ru", "завтра", date(2026, 11, 23)),
        ("ru", "в пятницу", date(2026, 11, 27)),
        ("ru", "через 3 дня", date(2026, 11, 25)),
        ("ru", "через неделю", date(2026, 11, 29)),
        ("ru", "через месяц", date(2026, 12, 22)),
        ("ru", "два дня назад", date(2026, 11, 20)),
        ("ru", "3 ноября", date(2027, 11, 3)),
        ("ru", "3 ноября 2026 г.", date(2026, 11, 3)),
        ("ru", "11/03/2026", date(2026, 3, 11)),
        ("ru", "5 мая", date(2027, 5, 5)),
        ("ru", "5 марта", date(2027, 3, 5)),
    ],
)
def test_words(language, text, day):
    assert when.parse_date(text, language=language, today=SUNDAY) == day


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Enter a date."),
        ("bla", "is not a date"),
        ("Nov 2026", "is not a date"),
        ("31.02.2026", "no day 31"),
        ("13.13.2026", "no month number 13"),
        ("20026-11-03", "year 20026 is outside 1900 to 2200"),
        ("03.11.20026", "year 20026 is outside"),
        ("1800-01-01", "year 1800 is outside"),
        ("in 99999 days", "is outside 1900 to 2200"),
    ],
)
def test_refusals_say_why(text, why):
    with pytest.raises(Invalid, match=why):
        when.parse_date(text, language="en", today=SUNDAY)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("14:05", time(14, 5)), ("2:05 pm", time(14, 5)), ("9am", time(9)), ("12 am", time(0)), ("9 утра", time(9)),
        ("7 вечера", time(19)), ("полдень", time(12)), ("1405", time(14, 5)), ("9.30", time(9, 30)), ("в 10", time(10)),
    ],
)  # fmt: skip
def test_times(text, clock):
    assert when.parse_time(text) == clock


@pytest.mark.parametrize("text", ["", "25:00", "13pm", "9:60", "noonish"])
def test_no_times(text):
    with pytest.raises(Invalid):
        when.parse_time(text)


@pytest.mark.parametrize(
    ("language", "text", "moment"),
    [
        ("en", "tomorrow 10:00", "2026-11-23T07:00"),
        ("en", "tomorrow at 10", "2026-11-23T07:00"),
        ("en", "3pm Friday", "2026-11-27T12:00"),
        ("en", "10:00", "2026-11-22T07:00"),
        ("en", "in 2 hours", "2026-11-22T14:00"),
        ("en", "2006-04-15T03:23:15.000Z", "2006-04-15T03:23:15"),
        ("en", "Nov. 3, 2026, 14:05", "2026-11-03T11:05"),
        ("ru", "завтра в 10:30", "2026-11-23T07:30"),
        ("ru", "через полчаса", "2026-11-22T12:30"),
        ("ru", "03.11.2026 14:05", "2026-11-03T11:05"),
        ("ru", "в пятницу в 9 утра", "2026-11-27T06:00"),
    ],
)
def test_moments(language, text, moment):
    with when.frozen("2026-11-22T12:00:00Z"):
        read = when.parse_moment(text, language=language, zone="Europe/Moscow")
    assert read == datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert read.tzinfo is UTC


def test_clock_changes():
    read = lambda text: when.parse_moment(text, language="en", zone="Europe/Berlin")  # noqa: E731
    # 02:30 does not exist on this night, and exists twice on the other one.
    assert read("2026-03-29 02:30") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert read("2026-10-25 02:30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    with pytest.raises(Invalid, match="not a date and time"):
        read("2026-11-03T25:00")


def test_wording():
    moment = datetime(2026, 11, 3, 11, 5, tzinfo=UTC)
    say = lambda **how: when.format_when(moment, zone="Europe/Moscow", **how)  # noqa: E731
    with when.frozen("2026-11-22T12:00:00Z"):
        assert say(language="ru") == "3 ноября 2026 г."
        assert say(language="ru", style="moment") == "03.11.2026 14:05"
        assert say(language="en") == "Nov. 3, 2026"
        assert say(language="en", style="moment") == "Nov. 3, 2026, 14:05"
        assert say(language="en", style="short") == "Nov. 3"
        assert say(language="ru", style="short") == "3 нояб."
        assert say(language="en", style="time") == "14:05"
        assert say(language="en", style="day") == "Tuesday, Nov. 3"
    assert when.format_when(None, language="en") == ""
    assert (
        when.format_when(date(2026, 11, 3), language="en", zone="Asia/Tokyo", style="moment")
        == "Nov. 3, 2026"
    )
    with pytest.raises(ValueError, match="needs a zone"):
        when.format_when(datetime(2026, 11, 3), language="en")


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (-1 / 7200, "just now"), (-0.5, "30 minutes ago"), (-1 / 60, "1 minute ago"), (-3, "3 hours ago"),
        (-30, "yesterday"), (-24 * 3, "3 days ago"), (0.5, "in 30 minutes"), (26, "tomorrow"),
        (24 * 5, "in 5 days"), (24 * 7, "Nov. 29"), (-24 * 8, "Nov. 14"), (-24 * 400, "Oct. 18, 2025"),
    ],
)  # fmt: skip
def test_relative_only_under_a_week(hours, said):
    with when.frozen("2026-11-22T12:00:00Z") as clock:
        moment = clock.moment + timedelta(hours=hours)
        assert when.format_when(moment, language="en", zone="Europe/Moscow", style="relative") == said


def test_durations():
    assert when.format_duration(7500, "en") == "2 h 5 min"
    assert when.format_duration(7500, "ru") == "2 ч 5 мин"
    assert when.format_duration(0, "en") == "0 s"
    assert when.format_duration(3 * 86400 + 30, "en") == "3 d"
    assert when.format_duration(-61, "en") == "−1 min 1 s"


def test_zones():
    assert when.is_zone("Europe/Moscow")
    with pytest.raises(Invalid, match="Mars/Base"):
        when.read_zone("Mars/Base")
    at = datetime(2026, 1, 15, tzinfo=UTC)
    with translation.override("en"):
        choices = dict(when.zone_choices(at, keep="Europe/Andorra"))
    assert choices["Europe/Moscow"] == "(UTC+03:00) Moscow"
    assert choices["Europe/Andorra"] == "(UTC+01:00) Andorra"
    offsets = [label[4:10] for label in choices.values()]
    assert offsets == sorted(offsets, key=lambda text: int(text[:3]) * 60 + int(text[0] + text[4:6]))
    assert len(choices) > 80
