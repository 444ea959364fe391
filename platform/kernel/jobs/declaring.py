"""``@background``: declaring background work and asking for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel import context
from kernel.actions import after_commit
from kernel.errors import TeremError
from kernel.ids import uuid7
from kernel.jobs import relay
from kernel.jobs.models import Job
from kernel.rights import Actor

BACKGROUND: dict[str, Background] = {}


class Stopped(Exception):
    """Raised by ``Running.step`` when somebody asked the job to stop."""


class Lost(TeremError):
    """Raised when another worker holds the job now: this one must write nothing more."""


class GivenBack(Lost):
    """Raised by ``Running.step`` when this worker is about to end: another goes on from the last step."""


# Set once this worker was told to end; nothing ever takes it back.
ENDING = threading.Event()


@dataclass(slots=True)
class Running:
    """The handle that a background function gets. All its methods run in the caller's transaction."""

    id: UUID
    run: UUID
    actor: UUID | None
    checkpoint: dict[str, Any]
    attempts: int = 1
    result: dict[str, Any] = field(default_factory=dict)

    def step(
        self,
        done: int,
        *,
        total: int | None = None,
        words: str = "",
        checkpoint: dict[str, Any] | None = None,
    ) -> None:
        """Say how far the work is and what is needed to go on from here.

        Call it inside the transaction that wrote the batch: progress and rows
        then agree after any crash. Raises ``Stopped``, ``Lost`` or ``GivenBack``; the
        batch is rolled back with it.
        """
        if ENDING.is_set():
            raise GivenBack
        changes: dict[str, Any] = {"done": done}
        if total is not None:
            changes["total"] = total
        if words:
            changes["words"] = words
        if checkpoint is not None:
            changes["checkpoint"] = checkpoint
            self.checkpoint = checkpoint
        held = Job.objects.using("tenant").filter(id=self.id, run=self.run)
        if not held.update(**changes):
            raise Lost
        if held.filter(stop_wanted=True).exists():
            raise Stopped


@dataclass(frozen=True, slots=True)
class Background:
    """A declared background function. Call ``later`` to have it done."""

    name: str
    function: Callable[..., Any]
    title: Any
    queue: str
    retries: int

    def later(
        self,
        *,
        by: Actor | None,
        key: str | None = None,
        at: datetime | None = None,
        title: str = "",
        link: str = "",
        **arguments: Any,
    ) -> Job:
        """Write job and ticket in the present transaction. Arguments must be JSON (ids, not objects).

        With ``key`` a second call returns the first job. ``at`` (UTC) delays it.
        ``link`` is the page where its result can be seen.
        """
        found = context.current()
        if key is not None:
            known: Job | None = Job.objects.using("tenant").filter(key=key).first()
            if known is not None:
                return known
        job = Job(
            id=uuid7(),
            name=self.name,
            title=title[:300],
            arguments=arguments,
            key=key,
            actor=by.id if by else None,
            language=found.language,
            link=link,
        )
        try:
            with transaction.atomic(using="tenant"):
                job.save(using="tenant", force_insert=True)
                relay.insert(job.id, context.tenant().schema, self.queue, at, self.name)
        except IntegrityError:
            if key is None:
                raise
            return Job.objects.using("tenant").get(key=key)
        if at is None:
            from kernel.jobs.broker import nudge

            after_commit(nudge, self.queue)
        return job


def background(
    name: str, *, title: Any = "", queue: str = "tenant", retries: int = 8
) -> Callable[[Callable[..., Any]], Background]:
    """Declare background work.

    ``name`` is stable (``imports.run``); ``title`` a lazy sentence for the jobs
    page; ``retries`` counts temporary errors. The function takes ``job:
    Running`` and its arguments, opens its own transactions (it usually calls
    actions) and may return a JSON dictionary as the result.
    """

    def decorate(function: Callable[..., Any]) -> Background:
        if name in BACKGROUND and BACKGROUND[name].function.__module__ != function.__module__:
            raise ValueError(f"Background work {name} is declared twice.")
        BACKGROUND[name] = Background(name, function, title, queue, retries)
        return BACKGROUND[name]

    return decorate
