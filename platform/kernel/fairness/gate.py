"""Who runs now in this process: a few requests at once, tenants in turn.

Python runs one thread's code at a time, so more than a few requests at once only
make each other slow. The others wait here, holding nothing; the next free place
goes to the tenant with the fewest running, then to the one that waited longest.
While several tenants are at work, one whose requests queue up runs one at a time,
and that one stands aside, wherever it says that it may, while somebody else's runs.
"""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kernel.errors import TooMany
from kernel.once import Once

BUSY = _("Your company has sent very many requests at once. Please try again in a moment.")
WAIT_SECONDS = 10.0
# Whoever is refused comes back within so many seconds.
AGAIN_SECONDS = 4
# All that one request stands aside for others; beyond it, it goes on beside them.
ASIDE_SECONDS = 0.5
# For so long after its last request a tenant counts as being at work.
AT_WORK_SECONDS = 5.0


@dataclass
class _Waiting:
    granted: threading.Event = field(default_factory=threading.Event)


class _Here(threading.local):
    """Whose request this thread works on, and the seconds for which it may still stand aside."""

    tenant = ""
    aside = 0.0


class Gate:
    """``places`` run at once, at most ``share`` of them for one tenant, at most ``queue`` of its requests wait."""

    def __init__(self, places: int, share: int, queue: int) -> None:
        self._free = places
        self._share = share
        self._queue = queue
        self._lock = threading.Lock()
        self._calm = threading.Condition(self._lock)
        self._here = _Here()
        self._running: dict[str, int] = defaultdict(int)
        self._waiting: dict[str, deque[_Waiting]] = {}
        self._served: dict[str, int] = {}
        self._turn = 0
        self._seen: dict[str, float] = {}

    @contextmanager
    def place(self, tenant: str) -> Iterator[None]:
        """Hold a place for the length of a request. Raises ``TooMany`` if too many wait, or wait too long."""
        self._enter(tenant)
        self._here.tenant, self._here.aside = tenant, ASIDE_SECONDS
        try:
            yield
        finally:
            self._here.tenant = ""
            self._leave(tenant)

    def give_way(self) -> None:
        """Let other tenants' requests end first, if this thread's tenant has more in line.

        To be called often and where no lock is held: before statements outside a transaction, and
        while a long table is drawn. Nothing is asked while one tenant is alone.
        """
        here = self._here
        if not here.tenant or here.aside <= 0 or len(self._running) < 2:
            return
        began = time.monotonic()
        with self._calm:
            self._calm.wait_for(lambda: not self._in_the_way(here.tenant), here.aside)
        here.aside -= time.monotonic() - began

    def _in_the_way(self, tenant: str) -> bool:
        """This tenant's requests queue up, and somebody runs whose requests do not."""
        return self._queues(tenant) and any(
            count and name != tenant and not self._queues(name) for name, count in self._running.items()
        )

    def _queues(self, tenant: str) -> bool:
        return len(self._waiting.get(tenant, ())) > 1

    def figures(self) -> dict[str, int]:
        """Requests that run and that wait now, for the metrics."""
        with self._lock:
            return {
                "running": sum(self._running.values()),
                "waiting": sum(len(line) for line in self._waiting.values()),
            }

    def _enter(self, tenant: str) -> None:
        with self._lock:
            self._note(tenant)
            line = self._waiting.get(tenant)
            if not line and self._may_run(tenant):
                self._start(tenant)
                return
            if line is not None and len(line) >= self._queue:
                # Those who are refused together do not come back together.
                raise TooMany(BUSY, retry_after=random.randint(1, AGAIN_SECONDS))  # noqa: S311
            mine = _Waiting()
            self._waiting.setdefault(tenant, deque()).append(mine)
        if mine.granted.wait(WAIT_SECONDS):
            return
        with self._lock:
            if mine.granted.is_set():
                return
            self._waiting[tenant].remove(mine)
            self._forget(tenant)
        raise TooMany(BUSY, retry_after=5)

    def _leave(self, tenant: str) -> None:
        with self._lock:
            self._free += 1
            self._running[tenant] -= 1
            while (following := self._next()) is not None:
                self._start(following)
                self._waiting[following].popleft().granted.set()
                self._forget(following)
            self._forget(tenant)
            self._calm.notify_all()

    def _note(self, tenant: str) -> None:
        """Remember who is at work, newest last."""
        now = time.monotonic()
        self._seen.pop(tenant, None)
        self._seen[tenant] = now
        for name, at in list(self._seen.items()):
            if now - at < AT_WORK_SECONDS:
                break
            del self._seen[name]

    def _may_run(self, tenant: str) -> bool:
        crowded = len(self._seen) > 1 and self._queues(tenant)
        return self._free > 0 and self._running[tenant] < (1 if crowded else self._share)

    def _start(self, tenant: str) -> None:
        self._free -= 1
        self._running[tenant] += 1
        self._turn += 1
        self._served[tenant] = self._turn

    def _next(self) -> str | None:
        able = [tenant for tenant in self._waiting if self._may_run(tenant)]
        return min(able, key=lambda t: (self._running[t], self._served.get(t, 0)), default=None)

    def _forget(self, tenant: str) -> None:
        """Keep nothing of a tenant that neither runs nor waits."""
        if not self._waiting.get(tenant):
            self._waiting.pop(tenant, None)
            if not self._running[tenant]:
                self._running.pop(tenant)
                self._served.pop(tenant, None)


@Once
def _made() -> Gate:
    places = settings.TEREM_REQUESTS_AT_ONCE
    return Gate(places, max(1, places - 1), settings.TEREM_REQUESTS_WAITING)


class _Gate:
    """The gate of this process, made with its first request."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_made(), name)


GATE = _Gate()
