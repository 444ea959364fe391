"""The report of the last full isolation check: written by the suite itself when all of it passed, carried by the release.

``./terem test tests/isolation --proof`` writes ``proof.json``; nothing else does. Without that file
nothing is claimed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

PLACE = Path(__file__).with_name("proof.json")
_ROOT = Path(__file__).resolve().parents[2]
_ROOMS = ("platform", "tenants", "billing", "crm_core", "onboarding")
# Which file of the suite tries what.
ADDRESSES, JOBS, GUARDS = "test_crawl", "test_jobs", "test_guards"


@dataclass(frozen=True, slots=True)
class Report:
    """``checks`` maps a file of the suite to the number of checks that passed there; ``at`` is in UTC."""

    at: datetime
    sources: str
    seconds: int
    checks: dict[str, int]

    @property
    def addresses(self) -> int:
        return self.checks.get(ADDRESSES, 0)

    @property
    def jobs(self) -> int:
        return self.checks.get(JOBS, 0)

    @property
    def guards(self) -> int:
        return self.checks.get(GUARDS, 0)

    @property
    def total(self) -> int:
        return sum(self.checks.values())

    @property
    def others(self) -> int:
        return self.total - self.addresses - self.jobs - self.guards

    @property
    def of_this_release(self) -> bool:
        """True if the code that runs here is the code that was checked, to the letter."""
        return self.sources == sources()


def read() -> Report | None:
    """The report that this release carries; None if the check has not run, or its file is unreadable."""
    try:
        told = json.loads(PLACE.read_text("utf-8"))
        return Report(
            datetime.fromisoformat(told["at"]),
            str(told["sources"]),
            int(told["seconds"]),
            dict(told["checks"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(report: Report) -> None:
    """Leave a report for the release."""
    told = {
        "at": report.at.isoformat(),
        "sources": report.sources,
        "seconds": report.seconds,
        "checks": dict(sorted(report.checks.items())),
    }
    PLACE.write_text(json.dumps(told, indent=2) + "\n", "utf-8")


@cache
def sources() -> str:
    """A digest of all Python sources of the product: the name of exactly this code."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted((_ROOT / room).rglob("*.py")):
            digest.update(path.relative_to(_ROOT).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
