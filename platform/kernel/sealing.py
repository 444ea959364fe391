"""Secrets at rest: data keys wrapped by a master key, and streams sealed in chunks (AES-256-GCM).

A stream is a head (mark and random salt) and chunks. Each chunk is tied to its
place and to whether it is the last, so nothing can be cut, swapped or repeated.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from kernel.errors import Unavailable

KEY_BYTES = 32
CHUNK_BYTES = 1 << 20
_NONCE = 12
_MARK = b"TEREM-S1"
_LAST = 1 << 31


class Broken(Unavailable):
    """What was sealed was changed, cut short, or sealed with another key. Trying again does not help."""

    temporary = False


def mark_of(master: bytes) -> str:
    """The name of a master key, from which the key cannot be told."""
    return hashlib.sha256(b"terem master key" + master).hexdigest()[:16]


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def wrap(key: bytes, owner: str) -> tuple[str, bytes]:
    """Wrap a data key with the newest master key: that key's mark, and the wrapped bytes."""
    master = settings.TEREM_MASTER_KEYS[0]
    nonce = os.urandom(_NONCE)
    return mark_of(master), nonce + AESGCM(master).encrypt(nonce, key, owner.encode())


def unwrap(mark: str, wrapped: bytes, owner: str) -> bytes:
    """The data key again. Raises ``Broken`` if no master key of this installation opens it."""
    for master in settings.TEREM_MASTER_KEYS:
        if mark_of(master) == mark:
            return _opened(master, wrapped[:_NONCE], wrapped[_NONCE:], owner.encode())
    raise Broken(f"The master key {mark} is not among TEREM_MASTER_KEYS.")


def derive(key: bytes, purpose: str, salt: bytes = b"") -> bytes:
    """Another key for one purpose only."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt or None, info=purpose.encode()).derive(key)


def _opened(key: bytes, nonce: bytes, text: bytes, bound: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(nonce, text, bound)
    except InvalidTag as error:
        raise Broken("The seal does not hold: changed, cut short, or another key.") from error


def _bound(number: int, last: bool) -> bytes:
    return struct.pack(">QB", number, last)


class Sealer:
    """Writes a sealed stream into ``target``; ``close`` writes the last chunk. ``size`` and ``digest`` tell of it."""

    def __init__(self, target: IO[bytes], key: bytes, purpose: str) -> None:
        salt = os.urandom(16)
        self._target = target
        self._cipher = AESGCM(derive(key, purpose, salt))
        self._held = bytearray()
        self._number = 0
        self._sha = hashlib.sha256()
        self.size = 0
        self._put(_MARK + salt)

    def write(self, data: bytes) -> None:
        self._held += data
        while len(self._held) > CHUNK_BYTES:
            self._chunk(bytes(self._held[:CHUNK_BYTES]), last=False)
            del self._held[:CHUNK_BYTES]

    def close(self) -> None:
        self._chunk(bytes(self._held), last=True)

    @property
    def digest(self) -> str:
        return self._sha.hexdigest()

    def _chunk(self, plain: bytes, *, last: bool) -> None:
        nonce = self._number.to_bytes(_NONCE, "big")
        sealed = self._cipher.encrypt(nonce, plain, _bound(self._number, last))
        self._number += 1
        self._put(struct.pack(">I", len(sealed) | (_LAST if last else 0)) + sealed)

    def _put(self, data: bytes) -> None:
        self._target.write(data)
        self._sha.update(data)
        self.size += len(data)


def unseal(source: IO[bytes], key: bytes, purpose: str) -> Iterator[bytes]:
    """Yield the chunks of a sealed stream. Raises ``Broken`` at the first thing that is not as written."""
    head = source.read(len(_MARK) + 16)
    if not head.startswith(_MARK) or len(head) != len(_MARK) + 16:
        raise Broken("This is no sealed stream.")
    derived = derive(key, purpose, head[len(_MARK) :])
    number, last = 0, False
    while not last:
        size = source.read(4)
        if len(size) != 4:
            raise Broken("The sealed stream ends too early.")
        (length,) = struct.unpack(">I", size)
        last, length = bool(length & _LAST), length & ~_LAST
        if length > CHUNK_BYTES + 16:
            raise Broken("A chunk of the sealed stream is too large.")
        yield _opened(derived, number.to_bytes(_NONCE, "big"), source.read(length), _bound(number, last))
        number += 1
    if source.read(1):
        raise Broken("Something follows the end of the sealed stream.")
