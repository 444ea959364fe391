"""Names for things: record keys, short codes for people, opaque names for schemas."""

from __future__ import annotations

import os
import secrets
import threading
import uuid

from kernel import when

# Without 0 O 1 I L U V: nothing that is misread on paper or misheard on the phone.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
_OPAQUE_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_OPAQUE_LENGTH = 20


class _Sequence:
    """The last value given out by this process: 48 bits of milliseconds, 74 bits of chance."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def after(self, fresh: int, room: int = 0) -> int:
        """The fresh value, or if the clock has not moved on, the last one counted on by a random step.

        ``room`` values behind it are taken as well.
        """
        with self._lock:
            if fresh >> 74 <= self._last >> 74:
                # The fresh value's own chance is the step: it was not given out.
                fresh = self._last + 1 + (fresh & 0xFFFF_FFFF)
            self._last = fresh + room
            return fresh


_sequence = _Sequence()


def uuid7() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): sorts by time, and within this process strictly by creation.

    Values of one millisecond are counted on (method 2 of section 6.2), so a clock set back never breaks
    the order.
    """
    milliseconds = int(when.now().timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    return _as_uuid(_sequence.after((milliseconds << 74) | secrets.randbits(74)))


def uuid7s(count: int) -> list[uuid.UUID]:
    """Many keys at once, in order: as :func:`uuid7`, with one look at the clock and one at chance."""
    if count < 1:
        return []
    milliseconds = int(when.now().timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    steps = memoryview(os.urandom(4 * count)).cast("I")
    first = _sequence.after((milliseconds << 74) | secrets.randbits(74), sum(steps) + count)
    made = []
    for step in steps:
        made.append(_as_uuid(first))
        first += step + 1
    return made


def _as_uuid(value: int) -> uuid.UUID:
    stamp, tail = value >> 74, value & ((1 << 74) - 1)
    bits = (stamp << 80) | (0x7 << 76) | ((tail >> 62) << 64) | (0b10 << 62) | (tail & ((1 << 62) - 1))
    return uuid.UUID(int=bits)


def short_code(length: int) -> str:
    """A random code that people can read out; about 4.85 bits per character."""
    if length < 1:
        raise ValueError("A code needs at least one character.")
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


def opaque_name(prefix: str) -> str:
    """A name that says nothing and is never used twice, such as `t_` and 20 of [a-z0-9] (103 bits)."""
    return prefix + "".join(secrets.choice(_OPAQUE_ALPHABET) for _ in range(_OPAQUE_LENGTH))
