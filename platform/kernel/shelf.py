"""Where cached things lie: in Redis, and in this process' own memory while Redis is away.

A cache that raises would take pages and sign-in with it. In memory, limits of tries and codes that may be
used once still hold, for each process by itself, until Redis is back.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import redis
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger("terem.cache")

# So long Redis is not asked again: each try may cost the time of a connection.
REST_SECONDS = 2.0
# Django has one cache for each thread; what one of them learns holds for all.
_resting_until = [0.0]


class Shelf(RedisCache):
    """Django's Redis cache, with a memory to fall back to. Never raises because Redis does not answer."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache("redis-is-away", params | {"OPTIONS": {"MAX_ENTRIES": 10_000}})

    def _either(self, name: str, *given: Any, **named: Any) -> Any:
        if time.monotonic() >= _resting_until[0]:
            try:
                found = getattr(super(), name)(*given, **named)
            except redis.RedisError as error:
                _resting_until[0] = time.monotonic() + REST_SECONDS
                log.warning("The cache is this process' memory for a while: %s", type(error).__name__)
            else:
                if _resting_until[0]:
                    # What was remembered meanwhile is old by the next time.
                    _resting_until[0] = 0.0
                    self._memory.clear()
                return found
        return getattr(self._memory, name)(*given, **named)

    def add(self, *given: Any, **named: Any) -> Any:
        return self._either("add", *given, **named)

    def get(self, *given: Any, **named: Any) -> Any:
        return self._either("get", *given, **named)

    def set(self, *given: Any, **named: Any) -> Any:
        return self._either("set", *given, **named)

    def touch(self, *given: Any, **named: Any) -> Any:
        return self._either("touch", *given, **named)

    def delete(self, *given: Any, **named: Any) -> Any:
        return self._either("delete", *given, **named)

    def get_many(self, *given: Any, **named: Any) -> Any:
        return self._either("get_many", *given, **named)

    def has_key(self, *given: Any, **named: Any) -> Any:
        return self._either("has_key", *given, **named)

    def incr(self, *given: Any, **named: Any) -> Any:
        return self._either("incr", *given, **named)

    def set_many(self, *given: Any, **named: Any) -> Any:
        return self._either("set_many", *given, **named)

    def delete_many(self, *given: Any, **named: Any) -> Any:
        return self._either("delete_many", *given, **named)
