"""``./terem test``: every test on servers of their own, in parallel over the cores."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from deploy.local import catalogue, places, python
from deploy.local.servers import base_environment

# What must be there, and how long and from which seed the property test of isolation runs.
_PASSED_ON = ("TEREM_REQUIRE", "TEREM_PROPERTY_SECONDS", "TEREM_PROPERTY_SEED")
# Of a whole run, so many failures at most are asked once more; more of them are no accident.
_FEW = 5
_WHOLE = {"-q", "-v", "-vv"}
_ALONE = ("--pdb", "-s", "--capture=no", "--collect-only", "--co", "--help", "-h", "--fixtures")


def command(arguments: list[str]) -> int:
    """Run pytest with the given arguments; its exit code."""
    python.ensure("work")
    catalogue.compile_all()
    return run_in(places.ROOT, arguments)


def run_in(folder: Path, arguments: list[str]) -> int:
    """Run a folder's tests; 0 if each passed, at once or, in a whole run, alone at the end (decision 0029)."""
    parallel = [] if _runs_alone(arguments) else ["-n", "logical", "--dist", "worksteal"]
    if not set(arguments) <= _WHOLE:
        return _pytest(folder, [*parallel, *arguments])
    ended = _pytest(folder, [*parallel, "--cache-clear", *arguments])
    failed = _failed_in(folder)
    if ended != 1 or not 0 < len(failed) <= _FEW:
        return ended
    print(f"\n== Once more, alone: {', '.join(failed)}", flush=True)
    ended = _pytest(folder, ["--last-failed", "--last-failed-no-failures=none", *arguments])
    for name in sorted(set(failed) - set(_failed_in(folder))):
        print(f"UNSTEADY {name}: failed among the others, passed alone. To be mended.", flush=True)
    return ended


def _failed_in(folder: Path) -> list[str]:
    """The names of the tests that failed last, as pytest keeps them."""
    kept = folder / ".pytest_cache/v/cache/lastfailed"
    return sorted(json.loads(kept.read_text("utf-8"))) if kept.exists() else []


def _pytest(folder: Path, arguments: list[str]) -> int:
    environment = base_environment()
    environment |= {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return subprocess.run(
        [str(python.INTERPRETER), "-m", "pytest", *arguments],
        cwd=folder,
        env=environment,
        check=False,
    ).returncode


def _runs_alone(arguments: list[str]) -> bool:
    """Whether one process is asked for, or is quicker: a debugger, a single test."""
    return any(
        argument in _ALONE
        or argument.startswith(("-n", "--numprocesses", "--dist"))
        or "::" in argument
        or argument == "no:xdist"
        for argument in arguments
    )
