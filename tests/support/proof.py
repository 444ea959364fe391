"""``--proof``: a full and faultless run of tests/isolation leaves its report in the release."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

SUITE = "tests/isolation"


class Prover:
    """Counts what passed; writes only if everything of the suite was run and nothing failed."""

    def __init__(self) -> None:
        from kernel import proof

        self.started = time.monotonic()
        # What ran is what stood here at the start.
        self.sources = proof.sources()
        self.passed: Counter[str] = Counter()
        self.spoilt: list[str] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Hear of every test, also of those that ran in other processes."""
        if report.failed or report.outcome == "rerun":
            self.spoilt.append(report.nodeid)
        elif report.when == "call" and report.passed and report.nodeid.startswith(SUITE):
            self.passed[Path(report.nodeid.partition("::")[0]).stem] += 1

    def pytest_deselected(self, items: Any) -> None:
        """A part of the suite proves nothing."""
        self.spoilt += [item.nodeid for item in items if item.nodeid.startswith(SUITE)]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the report, or say why not."""
        from kernel import proof

        files = {path.stem for path in (session.config.rootpath / SUITE).glob("test_*.py")}
        missing = sorted(files - self.passed.keys())
        chosen = session.config.getoption("keyword") or session.config.getoption("markexpr")
        if exitstatus or self.spoilt or missing or chosen:
            why = self.spoilt[:1] or missing or [chosen or f"exit status {exitstatus}"]
            print(f"\nNo proof was written: {why[0]}")
            return
        seconds = round(time.monotonic() - self.started)
        proof.write(proof.Report(datetime.now(UTC), self.sources, seconds, dict(self.passed)))
        print(f"\nProof written: {sum(self.passed.values())} checks.")
