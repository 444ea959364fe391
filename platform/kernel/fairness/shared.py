"""Bounds that hold over all processes: counted in Redis under the tenant's own prefix, open without it."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import redis
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kernel import context
from kernel.cache import make_key
from kernel.errors import TooMany
from kernel.line import line

log = logging.getLogger("terem.fairness")

# A dead Redis is asked again after so many seconds; meanwhile nobody waits for it.
REST_SECONDS = 5.0
# A place that nobody gives back (a killed process) is free again after so long.
HEAVY_SECONDS = 120

# Heavy work and how much of it one company may do at once; the lease may say otherwise (limit heavy_NAME).
HEAVY = {"export": 2, "search": 8, "check": 3}

TOO_FAST = _("Your company has sent too many requests in the last minute. Please wait %(seconds)s seconds.")
TOO_HEAVY = _("Your company runs several of these at the moment. Please wait until one has ended.")

# Tokens drip in evenly; a quiet half minute is kept for a burst. Answers the seconds to wait, or 0.
# Time that ran backwards (somebody set Redis' clock) takes no tokens away, and holds no place for longer.
_BUCKET = """
local now = redis.call('TIME'); now = now[1] + now[2] / 1e6
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local rate, most = ARGV[1] / 60, ARGV[1] / 2
local tokens = math.min(most, (tonumber(held[1]) or most) + math.max(0, now - (tonumber(held[2]) or now)) * rate)
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = (1 - tokens) / rate end
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now)
redis.call('EXPIRE', KEYS[1], 120)
return tostring(wait)
"""
_TAKE = """
local now = redis.call('TIME')[1]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. (now + ARGV[3]), '+inf')
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""

_resting_until = [0.0]


def _asked(script: str, key: str, *values: Any) -> str | None:
    """What the script answers for the present tenant's key; None while Redis does not answer."""
    if time.monotonic() < _resting_until[0]:
        return None
    try:
        return str(
            line().eval(script, 1, make_key(key, str(settings.CACHES["default"]["KEY_PREFIX"]), 1), *values)
        )
    except redis.RedisError as error:
        _resting_until[0] = time.monotonic() + REST_SECONDS
        log.warning("limits of requests are off for a while, Redis does not answer: %s", error)
        return None


def _limit(name: str, otherwise: int) -> int:
    found = context.tenant().lease.limit(name)
    return otherwise if found is None else found


def spend_request() -> None:
    """Count one request of the present tenant. Raises ``TooMany`` beyond the minute's allowance."""
    allowed = max(2, _limit("requests_per_minute", settings.TEREM_REQUESTS_PER_MINUTE))
    wait = float(_asked(_BUCKET, "rate", allowed) or 0)
    if wait > 0:
        seconds = int(wait) + 1
        raise TooMany(TOO_FAST, retry_after=seconds, seconds=seconds)


def _take(kind: str) -> str:
    """A token for one heavy piece of work, empty while nobody counts. Raises ``TooMany``."""
    token = secrets.token_hex(8)
    answer = _asked(_TAKE, f"heavy:{kind}", _limit(f"heavy_{kind}", HEAVY[kind]), token, HEAVY_SECONDS)
    if answer == "0":
        raise TooMany(TOO_HEAVY, retry_after=5)
    return token if answer else ""


def _give_back(kind: str, token: str) -> None:
    if token:
        _asked("return redis.call('ZREM', KEYS[1], ARGV[1])", f"heavy:{kind}", token)


@contextmanager
def heavy(kind: str) -> Iterator[None]:
    """Do heavy work of this kind, as one of few. Raises ``TooMany`` if the company does enough of it now."""
    token = _take(kind)
    try:
        yield
    finally:
        _give_back(kind, token)


class held_open:  # noqa: N801 (used as a function, like contextlib's)
    """Heavy work whose answer flows on after the view: its place is held until the last piece, or until
    the answer is closed or forgotten, read or not. Raises ``TooMany``."""

    def __init__(self, kind: str, pieces: Iterable[bytes]) -> None:
        self._token = ""
        self._kind, self._here = kind, context.current()
        self._token = _take(kind)
        self._pieces = iter(pieces)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        token, self._token = self._token, ""
        if token:
            with context.enter(self._here):
                _give_back(self._kind, token)

    __del__ = close
