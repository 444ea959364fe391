"""Data steps: changes of many rows that follow a migration, in small batches, company by company.

A step is a function of its checkpoint. It runs as the company's own role, in
transactions of its own, after the schema has changed, and may be cut off at any
moment: the checkpoint of a batch is stored with the batch's end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from kernel.when import now
from tenants.entering import inside
from tenants.models import Tenant
from tenants.upgrades.models import DataProgress

# After each batch the step rests as long as the batch took, within these bounds, so that a
# large company's step takes half of one connection at most.
LEAST_REST = 0.005
MOST_REST = 1.0

Batch = Callable[[dict[str, Any]], tuple[int, dict[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class DataStep:
    """``function(checkpoint)`` changes one batch and returns how many rows it visited and the
    next checkpoint, or None when there is nothing left. Batches must be repeatable.
    """

    name: str
    after: str
    function: Batch


STEPS: dict[str, DataStep] = {}


def data_step(name: str, *, after: str) -> Callable[[Batch], Batch]:
    """Declare a data step that follows migration ``after`` (``app.name``). ``name`` is stable."""

    def decorate(function: Batch) -> Batch:
        if name in STEPS and STEPS[name].function.__module__ != function.__module__:
            raise ValueError(f"The data step {name} is declared twice.")
        STEPS[name] = DataStep(name, after, function)
        return function

    return decorate


def following(migrations: list[str]) -> list[str]:
    """The data steps that follow these migrations, in their order."""
    order = {name: number for number, name in enumerate(migrations)}
    found = [step for step in STEPS.values() if step.after in order]
    return [step.name for step in sorted(found, key=lambda step: (order[step.after], step.name))]


def carry_out(tenant: Tenant, name: str, wanted: Callable[[], bool]) -> bool:
    """Run a step's batches until it is done; False if ``wanted`` said to rest before that.

    Whatever a batch raises is raised; the checkpoint of the batches before stays.
    """
    step = STEPS[name]
    progress, _ = DataProgress.objects.get_or_create(tenant=tenant, name=name)
    while progress.done_at is None:
        if not wanted():
            return False
        started = time.monotonic()
        with inside(tenant), transaction.atomic(using="tenant"):
            visited, after = step.function(progress.checkpoint)
        _note(progress, visited, after)
        time.sleep(min(MOST_REST, max(LEAST_REST, time.monotonic() - started)))
    return True


def _note(progress: DataProgress, visited: int, after: dict[str, Any] | None) -> None:
    progress.rows += visited
    progress.changed_at = now()
    progress.error = ""
    if after is None:
        progress.done_at = now()
    else:
        progress.checkpoint = after
    progress.save()


def blame(tenant_id: Any, name: str, error: str) -> None:
    """Write down why a step did not go on; the next run tries again from its checkpoint."""
    DataProgress.objects.filter(tenant_id=tenant_id, name=name).update(error=error[:2000], changed_at=now())


def owe(tenant_ids: list[Any], names: list[str]) -> None:
    """Note the steps that these companies still have to go through."""
    DataProgress.objects.bulk_create(
        [DataProgress(tenant_id=tenant_id, name=name) for tenant_id in tenant_ids for name in names],
        ignore_conflicts=True,
    )


def owed() -> list[tuple[Any, str]]:
    """(company, step) for everything that is not done yet, of the steps that this code knows."""
    return list(
        DataProgress.objects.filter(done_at=None, name__in=list(STEPS))
        .exclude(tenant__status=Tenant.Status.CLOSED)
        .order_by("tenant_id", "id")
        .values_list("tenant_id", "name")
    )


def unfinished() -> list[tuple[str, str, str]]:
    """(step, company's address, what it failed on) for everything that is not done yet."""
    return list(
        DataProgress.objects.filter(done_at=None)
        .exclude(tenant__status=Tenant.Status.CLOSED)
        .order_by("name", "tenant__slug")
        .values_list("name", "tenant__slug", "error")
    )
