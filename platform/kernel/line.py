"""The line to Redis for what must never keep a request waiting: figures, limits, the directory of hosts."""

from __future__ import annotations

import redis
from django.conf import settings

from kernel.once import Once

SECONDS = 0.5


@Once
def line() -> redis.Redis:
    """The Redis of this process: answers are text, and whatever takes longer than ``SECONDS`` counts as gone.

    Raises ``redis.RedisError`` at use.
    """
    return redis.Redis.from_url(
        settings.TEREM_REDIS,
        socket_timeout=SECONDS,
        socket_connect_timeout=SECONDS,
        decode_responses=True,
    )
