"""Inside the seal: compressed sections, each a line of JSON and blocks of bytes.

Compressing and sealing run in a thread of their own, so that the database is
read meanwhile: zlib, hashing and AES leave Python's lock.
"""

from __future__ import annotations

import json
import struct
import threading
import zlib
from collections.abc import Iterator
from queue import Full, Queue
from typing import IO, Any

from kernel.sealing import Broken, Sealer, unseal

BLOCK_BYTES = 1 << 19
_LEVEL = 1  # Level 6 takes three times as long for a fifth less.
_AHEAD = 8
_MOST_BLOCK = 1 << 24


class Writer:
    """Sections into a sealed file. ``begin`` one, ``write`` its bytes, ``end`` it; ``close`` at the end."""

    def __init__(self, target: IO[bytes], key: bytes, purpose: str) -> None:
        self._sealer = Sealer(target, key, purpose)
        self._press = zlib.compressobj(_LEVEL)
        self._waiting: Queue[bytes | None] = Queue(_AHEAD)
        self._failure: BaseException | None = None
        self._held: list[bytes] = []
        self._size = 0
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def begin(self, **head: Any) -> None:
        text = json.dumps(head).encode()
        self._put(struct.pack(">I", len(text)) + text)

    def write(self, data: bytes) -> None:
        self._held.append(data)
        self._size += len(data)
        if self._size >= BLOCK_BYTES:
            self.flush()

    def flush(self) -> None:
        """Send what is held as one block."""
        if self._size:
            self._put(struct.pack(">I", self._size) + b"".join(self._held))
            self._held.clear()
            self._size = 0

    def end(self) -> None:
        self.flush()
        self._put(struct.pack(">I", 0))

    def close(self) -> tuple[int, str]:
        """Finish; the sealed size in bytes and its digest. Raises what writing raised."""
        self._put(struct.pack(">I", 0))
        self.abandon()
        if self._failure is not None:
            raise self._failure
        return self._sealer.size, self._sealer.digest

    def abandon(self) -> None:
        """End the thread; what was written is worthless unless ``close`` called this."""
        while self._thread.is_alive():
            try:
                self._waiting.put(None, timeout=0.2)
                break
            except Full:
                continue
        self._thread.join()

    def _put(self, data: bytes) -> None:
        while True:
            if self._failure is not None:
                raise self._failure
            try:
                self._waiting.put(data, timeout=1)
                return
            except Full:
                continue

    def _work(self) -> None:
        try:
            while (data := self._waiting.get()) is not None:
                self._sealer.write(self._press.compress(data))
            self._sealer.write(self._press.flush())
            self._sealer.close()
        except BaseException as error:  # handed to whoever writes next
            self._failure = error


class Reader:
    """Sections from a sealed file, in order. Raises ``Broken`` for anything that is not as written."""

    def __init__(self, source: IO[bytes], key: bytes, purpose: str) -> None:
        self._chunks = _ahead(unseal(source, key, purpose))
        self._held = bytearray()
        self._at = 0

    def sections(self) -> Iterator[tuple[dict[str, Any], Iterator[bytes]]]:
        """Each section's head and its blocks; the blocks must be used up before the next section."""
        while (size := self._number()) != 0:
            head = json.loads(self._take(size))
            yield head, self._blocks()
        for chunk in self._chunks:
            if chunk:
                raise Broken("Something follows the last section.")

    def _blocks(self) -> Iterator[bytes]:
        while (size := self._number()) != 0:
            yield self._take(size)

    def _number(self) -> int:
        (size,) = struct.unpack(">I", self._take(4))
        if size > _MOST_BLOCK:
            raise Broken("A block is too large.")
        return int(size)

    def _take(self, size: int) -> bytes:
        while len(self._held) - self._at < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                raise Broken("The data ends too early.")
            del self._held[: self._at]
            self._at = 0
            self._held += chunk
        found = bytes(self._held[self._at : self._at + size])
        self._at += size
        return found


def _ahead(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Unseal and decompress in a thread, a few chunks ahead of whoever reads."""
    waiting: Queue[bytes | BaseException | None] = Queue(_AHEAD)
    over = threading.Event()

    def put(thing: bytes | BaseException | None) -> None:
        while not over.is_set():
            try:
                waiting.put(thing, timeout=0.2)
                return
            except Full:
                continue

    def work() -> None:
        press = zlib.decompressobj()
        try:
            for chunk in chunks:
                put(press.decompress(chunk))
                if over.is_set():
                    return
            put(press.flush())
            put(None)
        except zlib.error as error:
            put(Broken(f"The data cannot be unpacked: {error}"))
        except BaseException as error:  # raised again where the data is read
            put(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while (thing := waiting.get()) is not None:
            if isinstance(thing, BaseException):
                raise thing
            yield thing
    finally:
        over.set()
        thread.join()
