"""The world of the demonstration server: its objects, its clock, its events."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from kernel.when import now

Thing = dict[str, Any]
API_VERSION: Final = "2026-10-28.endive"
DAY: Final = 86_400


def after(moment: int, interval: str) -> int:
    """One interval later; the day of the month is cut to the month's length."""
    begun = datetime.fromtimestamp(moment, UTC)
    months = begun.month - 1 + (12 if interval == "year" else 1)
    year, month = begun.year + months // 12, months % 12 + 1
    last = (datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC) - timedelta(days=1)).day
    return int(begun.replace(year=year, month=month, day=min(begun.day, last)).timestamp())


class Refused(Exception):
    """An answer of the API that is no success. ``status`` is the HTTP one; ``kind`` and ``code`` are the provider's."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str = "",
        param: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: Thing = {"error": {"type": kind, "message": message}}
        if code:
            self.body["error"]["code"] = code
        if param:
            self.body["error"]["param"] = param


class World:
    """Everything that the server knows. Whoever reads or changes it holds ``lock``.

    ``things`` maps an id to an object as the API shows it, ``hidden`` to what it never shows (which test card
    stands behind a payment method, usage by meter). ``offset`` is how far the clock was moved, in seconds.
    """

    def __init__(self, clock: Callable[[], int] | None = None, file: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.things: dict[str, Thing] = {}
        self.hidden: dict[str, Thing] = {}
        self.answers: dict[str, list[Any]] = {}
        self.offset = 0
        self.listeners: list[Callable[[Thing], None]] = []
        self._clock = clock or (lambda: int(now().timestamp()))
        self._file = file
        if file is not None and file.exists():
            kept = json.loads(file.read_text("utf-8"))
            self.things, self.hidden, self.offset = kept["things"], kept["hidden"], kept["offset"]

    def now(self) -> int:
        """The server's time in seconds since 1970."""
        return self._clock() + self.offset

    def add(self, prefix: str, thing: Thing, **hidden: Any) -> Thing:
        """Keep a new object under a new id and give it back."""
        thing.setdefault("id", f"{prefix}_{secrets.token_hex(12)}")
        self.things[thing["id"]] = thing
        if hidden:
            self.hidden[thing["id"]] = hidden
        return thing

    def get(self, id: str, kind: str) -> Thing:
        """The object of a kind. Raises ``Refused`` (404) as the provider does."""
        found = self.things.get(id)
        if found is None or found["object"] != kind:
            raise Refused(f"No such {kind}: '{id}'", status=404, code="resource_missing", param="id")
        return found

    def all(self, kind: str, **equal: Any) -> Iterator[Thing]:
        """The objects of a kind whose fields equal ``equal``, newest first."""
        for thing in reversed(list(self.things.values())):
            if thing["object"] == kind and all(thing.get(key) == value for key, value in equal.items()):
                yield thing

    def tell(self, type: str, thing: Thing) -> Thing:
        """Write an event with a snapshot of the object, and hand it to whoever listens."""
        event = self.add(
            "evt",
            {
                "object": "event",
                "api_version": API_VERSION,
                "created": self.now(),
                "data": {"object": json.loads(json.dumps(thing))},
                "livemode": False,
                "pending_webhooks": len(self.listeners),
                "request": {"id": None, "idempotency_key": None},
                "type": type,
            },
        )
        for listener in self.listeners:
            listener(event)
        return event

    def keep(self) -> None:
        """Write everything into the file, so that a restart forgets nothing."""
        if self._file is None:
            return
        text = json.dumps({"things": self.things, "hidden": self.hidden, "offset": self.offset})
        part = self._file.with_suffix(".part")
        part.write_text(text, "utf-8")
        part.replace(self._file)


def listed(rows: list[Thing], url: str, more: bool = False) -> Thing:
    """A list as the API shows it."""
    return {"object": "list", "data": rows, "has_more": more, "url": url}
