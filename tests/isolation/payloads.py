"""What routes need that no form of theirs tells: the payload of their positive case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.isolation.world import World

PAYLOADS: dict[str, Callable[[World], dict[str, Any]]] = {
    "tasks/quick/": lambda world: {
        "words": "call tomorrow 10:00",
        "text": "call tomorrow 10:00",
        "title": "call",
    },
    "settings/pipelines/order/": lambda world: {},
}

QUERIES: dict[str, dict[str, Any]] = {}
