"""What a process makes for itself once, at the first use."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Once(Generic[Made]):
    """A decorator: remember what a function without arguments made, and make it once even when threads ask together.

    ``functools.cache`` lets threads that come first together make one each: a client of Redis that is
    thrown away closes lines in use, and a gate that two know as two counts wrongly.
    """

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: list[Made] = []
        self.__doc__ = make.__doc__

    def __call__(self) -> Made:
        """What was made. Errors of making it pass through, and the next call tries again."""
        if not self._made:
            with self._lock:
                if not self._made:
                    self._made.append(self._make())
        return self._made[0]

    def forget(self) -> None:
        """Make it anew at the next use."""
        with self._lock:
            self._made.clear()
