"""Proving a store before it is needed: write, see, read, give up and remove, under a company that does not exist."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from uuid import UUID, uuid4

from kernel.errors import Unavailable
from tenants.backups.store import DATA, MANIFEST, Store

# More than one part of an upload, so that these are proved too.
SIZE = 17 << 20


class _GivenUp(Exception):
    """Ends a writing in the middle, as a dying worker would."""


def prove(kept: Store, size: int = SIZE) -> Iterator[str]:
    """Do each step and say so, with its seconds. Raises ``Unavailable`` or ``Refused``; removes what it wrote."""
    tenant, snapshot = uuid4(), uuid4()
    data = os.urandom(1 << 20) * (size >> 20)
    try:
        for words, step in (
            ("it answers", kept.ask),
            (f"{len(data) / 1e6:.0f} MB written", lambda: _write(kept, tenant, snapshot, DATA, data)),
            ("read back, equal", lambda: _read(kept, tenant, snapshot, data)),
            ("given up in the middle, nothing seen", lambda: _give_up(kept, tenant, uuid4(), data)),
            ("seen as whole with its manifest", lambda: _see(kept, tenant, snapshot)),
            ("removed, nothing left", lambda: _remove(kept, tenant, snapshot)),
        ):
            begun = time.perf_counter()
            step()
            yield f"{words} ({time.perf_counter() - begun:.2f} s)"
    finally:
        kept.remove_all(tenant)


def _write(kept: Store, tenant: UUID, snapshot: UUID, part: str, data: bytes) -> None:
    with kept.writing(tenant, snapshot, part) as target:
        target.write(data)


def _read(kept: Store, tenant: UUID, snapshot: UUID, data: bytes) -> None:
    with kept.open(tenant, snapshot, DATA) as source:
        first = source.read(100)
        source.seek(0)
        _expect(source.read() == data and first == data[:100], "what is read is not what was written")


def _give_up(kept: Store, tenant: UUID, snapshot: UUID, data: bytes) -> None:
    try:
        with kept.writing(tenant, snapshot, MANIFEST) as target:
            target.write(data)
            raise _GivenUp
    except _GivenUp:
        _expect(snapshot not in kept.whole(tenant), "what was given up can be seen")


def _see(kept: Store, tenant: UUID, snapshot: UUID) -> None:
    _expect(kept.whole(tenant) == [], "data without a manifest counts as a snapshot")
    _write(kept, tenant, snapshot, MANIFEST, b"{}")
    _expect(kept.whole(tenant) == [snapshot], "the list does not show what was written")


def _remove(kept: Store, tenant: UUID, snapshot: UUID) -> None:
    kept.remove(tenant, snapshot)
    kept.remove_all(tenant)
    _expect(not kept.holds(tenant), "what was removed is still there")


def _expect(good: bool, words: str) -> None:
    if not good:
        raise Unavailable(f"The store of the backups cannot be trusted: {words}.")
