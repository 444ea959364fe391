"""The only clock of the house. Everything asks here, so that a test can hold time still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, tzinfo

from kernel.when.zones import read_zone


class HeldClock:
    """A clock that stands still until it is moved; given out by `frozen`."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment.astimezone(UTC)

    def advance(self, **duration: float) -> datetime:
        """Move on, for example `advance(minutes=5)`, and return the new moment."""
        self.moment += timedelta(**duration)
        return self.moment


_held: ContextVar[HeldClock | None] = ContextVar("terem_clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    held = _held.get()
    return held.moment if held is not None else datetime.now(UTC)


def today(zone: str | tzinfo) -> date:
    """The calendar date in a zone (an IANA name or a tzinfo)."""
    return now().astimezone(read_zone(zone)).date()


@contextmanager
def frozen(moment: datetime | str) -> Iterator[HeldClock]:
    """Hold the clock at a moment (aware datetime or ISO text with an offset) for this context only."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None:
        raise ValueError("A moment needs a zone.")
    clock = HeldClock(moment)
    token = _held.set(clock)
    try:
        yield clock
    finally:
        _held.reset(token)
