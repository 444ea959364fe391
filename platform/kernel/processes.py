"""The processes of this installation: each says every few seconds that it lives, and what only it knows.

Web, worker and keeper call :func:`start` once. What they say stands in Redis for a while, so that the
process that is asked for figures can answer for all of them, on whatever machines they run.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import resource
import socket
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from kernel import metrics
from kernel.fairness import GATE
from kernel.line import line

log = logging.getLogger("terem.processes")

BEAT_SECONDS = 5.0
# Who has said nothing for so long counts as gone; after the longer time its entry is removed.
GONE_SECONDS = 20
FORGOTTEN_SECONDS = 300
KINDS = ("web", "worker", "keeper")

# Name of a figure → how this process reads its own: {"label=\"value\"": number}.
FIGURES: dict[str, Callable[[], Mapping[str, float]]] = {}

_kind = ["other"]
_beating: dict[int, threading.Thread] = {}


@dataclass(frozen=True, slots=True)
class Process:
    """One that lives. ``figures`` are its own, by name and labels; ``told_at`` seconds of Redis' clock."""

    kind: str
    name: str
    told_at: int
    figures: dict[str, dict[str, float]]


def tell(name: str, words: str, read: Callable[[], Mapping[str, float]]) -> None:
    """Add a figure that each process knows of itself; ``/metrics`` shows the sum by kind of process."""
    FIGURES[name] = read
    metrics.gauge(name, words, lambda: _summed(name))


def start(kind: str) -> None:
    """This process lives as ``kind`` (web, worker, keeper) and says so until it ends. Repeating it changes nothing."""
    _kind[0] = kind
    if os.getpid() in _beating:
        return
    thread = threading.Thread(target=_beat_on, daemon=True, name="beat")
    _beating[os.getpid()] = thread
    metrics.leave_flushing()
    thread.start()
    atexit.register(_leave)


def _beat_on() -> None:
    pause = threading.Event()
    while True:
        beat()
        pause.wait(BEAT_SECONDS)


def _name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def beat() -> None:
    """Say now that this process lives, and add what it has counted to the sums."""
    metrics.flush()
    try:
        moment: Any = line().time()
        told = {"kind": _kind[0], "at": moment[0], "figures": own()}
        line().hset(metrics.key("processes"), _name(), json.dumps(told))
    except redis.RedisError:
        log.debug("nobody hears this process: Redis does not answer")


def _leave() -> None:
    """Count what is left, and be gone at once instead of after a while."""
    metrics.flush()
    try:
        line().hdel(metrics.key("processes"), _name())
    except redis.RedisError:
        log.debug("a process leaves without saying so: Redis does not answer")


def own() -> dict[str, dict[str, float]]:
    """The figures of this process."""
    return {name: dict(read()) for name, read in FIGURES.items()}


def living() -> list[Process]:
    """The processes that have spoken lately. Raises ``redis.RedisError`` where nobody can know."""
    moment: Any = line().time()
    told: Any = line().hgetall(metrics.key("processes"))
    found = []
    for name, text in told.items():
        said = json.loads(text)
        age = moment[0] - said["at"]
        if age > FORGOTTEN_SECONDS:
            line().hdel(metrics.key("processes"), name)
        elif age <= GONE_SECONDS:
            found.append(Process(said["kind"], name, said["at"], said["figures"]))
    return found


def numbers() -> dict[str, int]:
    """How many processes of each kind live."""
    counted = dict.fromkeys(KINDS, 0)
    for one in living():
        counted[one.kind] = counted.get(one.kind, 0) + 1
    return counted


def _summed(name: str) -> dict[str, float]:
    """One figure of all processes, by kind. This one is asked directly, so that it is there without Redis too."""
    sums: dict[str, float] = defaultdict(float)
    try:
        others = [one for one in living() if one.name != _name()]
    except redis.RedisError:
        others = []
    for process in (Process(_kind[0], _name(), 0, {name: dict(FIGURES[name]())}), *others):
        for said, value in process.figures.get(name, {}).items():
            kind = metrics.labels_of(kind=process.kind)
            sums[f"{kind},{said}" if said else kind] += value
    return dict(sums)


def _memory() -> dict[str, float]:
    """Bytes of memory that this process holds now, or has held at most where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return {"": float(pages * resource.getpagesize())}
    except (OSError, IndexError, ValueError):
        return {"": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0}


def _gate() -> dict[str, float]:
    return {metrics.labels_of(state=name): float(value) for name, value in GATE.figures().items()}


tell("terem_gate", "Requests that run and that wait for their turn, by kind of process.", _gate)
tell("terem_process_memory_bytes", "Memory of the processes of a kind together.", _memory)
metrics.gauge(
    "terem_processes",
    "Processes that have said within twenty seconds that they live, by kind.",
    lambda: {metrics.labels_of(kind=kind): float(number) for kind, number in numbers().items()},
)
