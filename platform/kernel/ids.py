"""Names for things: record keys, short codes for people, opaque names for schemas."""

from __future__ import annotations

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

    def after(self, fresh: int) -> int:
        """The fresh value, or if the clock has not moved on, the last one counted on by a random step."""
        with self._lock:
            if fresh >> 74 <= self._last >> 74:
                # The fresh value's own chance is the step: it was not given out.
                fresh = self._last + 1 + (fresh & 0xFFFF_FFFF)
            self._last = fresh
            return fresh


_sequence = _Sequence()


def uuid7() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): sorts by time, and within this process strictly by creation.

    Values of one millisecond are counted on (method 2 of section 6.2), so a clock set back never breaks
    the order.
    """
    milliseconds = int(when.now().timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    return _as_uuid(_sequence.after((milliseconds << 74) | secrets.randbits(74)))


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
