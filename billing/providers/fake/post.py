"""Deliveries of events: signed, retried, and on purpose repeated, reordered, delayed or lost."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from billing.providers.fake.world import Thing
from kernel.when import now


def signed(body: str, secret: str, moment: int | None = None) -> str:
    """The signature header of a body, as the provider writes it."""
    at = int(now().timestamp()) if moment is None else moment
    digest = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def sent_by_http(url: str, secret: str, host_name: str = "") -> Callable[[Thing], bool]:
    """A sender to an endpoint: true once it has answered with success."""

    def send(event: Thing) -> bool:
        body = json.dumps(event)
        headers = {"Content-Type": "application/json", "Stripe-Signature": signed(body, secret)}
        if host_name:
            headers["Host"] = host_name
        asked = urllib.request.Request(url, body.encode(), headers, method="POST")  # noqa: S310
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
                return bool(answer.status < 300)
        except (urllib.error.URLError, OSError):
            return False

    return send


@dataclass
class Moods:
    """What goes wrong on purpose. ``repeat``: how often each is sent; ``lose``: the share that never arrives."""

    repeat: int = 1
    shuffle: bool = False
    lose: float = 0.0
    down: bool = False
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311


class Post:
    """The deliveries that wait. ``flush`` sends them; what is refused waits for the next time."""

    def __init__(self, send: Callable[[Thing], bool], moods: Moods | None = None) -> None:
        self.send = send
        self.moods = moods or Moods()
        self.waiting: list[Thing] = []
        self.lost: list[Thing] = []
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._stopped = threading.Event()

    def __call__(self, event: Thing) -> None:
        """Put an event into the queue."""
        with self._lock:
            if self.moods.lose and self.moods.chance.random() < self.moods.lose:
                self.lost.append(event)
            else:
                self.waiting += [event] * self.moods.repeat

    def flush(self) -> int:
        """Send what waits; returns how many were taken. The server's lock is not held meanwhile."""
        with self._sending:
            with self._lock:
                found, self.waiting = self.waiting, []
            if self.moods.shuffle:
                self.moods.chance.shuffle(found)
            refused = [event for event in found if self.moods.down or not self.send(event)]
            with self._lock:
                self.waiting = refused + self.waiting
            return len(found) - len(refused)

    def run(self, seconds: float = 0.5) -> threading.Thread:
        """Send from a thread of its own until ``stop``."""

        def turn() -> None:
            while not self._stopped.wait(seconds):
                self.flush()

        thread = threading.Thread(target=turn, name="deliveries", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        self._stopped.set()

    def told(self) -> dict[str, Any]:
        """What waits and what was lost, for the server's own page."""
        return {"waiting": len(self.waiting), "lost": len(self.lost)}
