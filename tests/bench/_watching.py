"""What processes take while a bench runs: CPU by kind of process, private memory over time."""

from __future__ import annotations

import contextlib
import os
import statistics
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_EVERY_SECONDS = 5.0


def _processes() -> dict[int, tuple[int, float, float]]:
    """Of every process its parent, its own CPU seconds, and those of its ended children."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parts = path.read_text().rpartition(")")[2].split()
            own, ended = int(parts[11]) + int(parts[12]), int(parts[13]) + int(parts[14])
            found[int(path.parent.name)] = int(parts[1]), own / _TICKS, ended / _TICKS
    return found


def _below(root: int, processes: dict[int, tuple[int, float, float]]) -> set[int]:
    found, fresh = {root}, {root}
    while fresh:
        fresh = {pid for pid, (parent, _own, _ended) in processes.items() if parent in fresh} - found
        found |= fresh
    return found


def private_mb(pid: int) -> float:
    """Memory that belongs to this process alone, in MB; 0 for one that is gone."""
    with contextlib.suppress(OSError):
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(row.split()[1]) for row in rows if row.startswith("Private_")) / 1024
    return 0.0


def busy_seconds() -> float:
    """CPU seconds that this machine has worked since its start, whoever for."""
    user, nice, system, _idle, _wait, irq, soft, *_rest = (
        int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    )
    return (user + nice + system + irq + soft) / _TICKS


@dataclass
class Watch:
    """Kinds of process by the first process of each family."""

    kinds: dict[str, list[int]]
    samples: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    _ended: threading.Event = field(default_factory=threading.Event)

    def cpu(self) -> dict[str, float]:
        """CPU seconds of each kind so far, those of its ended children with it; ``all`` is the machine's."""
        processes = _processes()
        found = {}
        for kind, roots in self.kinds.items():
            found[kind] = sum(
                sum(processes[pid][1] for pid in _below(root, processes)) + processes[root][2]
                for root in roots
                if root in processes
            )
        return found | {"all": busy_seconds()}

    def memory(self) -> dict[str, float]:
        """Private memory of each kind, in MB."""
        processes = _processes()
        return {
            kind: sum(private_mb(pid) for root in roots for pid in _below(root, processes))
            for kind, roots in self.kinds.items()
        }

    def start(self) -> threading.Thread:
        """Note the memory every few seconds from now on, until :meth:`stop`."""
        self.samples.clear()
        self._ended.clear()
        thread = threading.Thread(target=self._note, daemon=True)
        thread.start()
        return thread

    def _note(self) -> None:
        while True:
            at = time.monotonic()
            for kind, value in self.memory().items():
                self.samples[kind].append((at, value))
            if self._ended.wait(_EVERY_SECONDS):
                return

    def stop(self) -> dict[str, dict[str, float]]:
        """Of each kind the memory at the beginning, the largest, and its slope in MB a minute."""
        self._ended.set()
        return {
            kind: {
                "begin_mb": round(rows[0][1], 1),
                "most_mb": round(max(value for _at, value in rows), 1),
                "slope_mb_a_minute": round(60 * slope(rows), 3),
            }
            for kind, rows in self.samples.items()
            if rows
        }


def slope(rows: list[tuple[float, float]]) -> float:
    """The median of the slopes between all pairs of points: one step up or down does not make a trend."""
    pairs = [
        (later[1] - one[1]) / (later[0] - one[0])
        for place, one in enumerate(rows)
        for later in rows[place + 1 :]
        if later[0] > one[0]
    ]
    return statistics.median(pairs) if pairs else 0.0
