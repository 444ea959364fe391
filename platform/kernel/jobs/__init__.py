"""Background work: an action with ``@background`` that survives crashes, retries and lost brokers.

``later()`` writes the job into the tenant's schema and a ticket into schema
``relay`` within the caller's transaction; after commit a message wakes a worker.
Messages carry no work: a worker claims the next ticket in fair order, so losing
Redis loses nothing and one tenant's queue never delays another's first job.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kernel.jobs.declaring import BACKGROUND, Background, Running, Stopped, background
    from kernel.jobs.stopping import stop

__all__ = ["BACKGROUND", "Background", "Running", "Stopped", "background", "stop"]

_HOMES = dict.fromkeys(__all__, "declaring") | {"stop": "stopping"}


def __getattr__(name: str) -> Any:
    """The public names, fetched late: Django imports this package before models may be."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"kernel.jobs.{_HOMES[name]}"), name)
