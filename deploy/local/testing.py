"""``./terem test``: every test on servers of their own, in parallel over the cores."""

from __future__ import annotations

import os
import subprocess

from deploy.local import catalogue, places, python
from deploy.local.servers import base_environment

# What must be there, and how long and from which seed the property test of isolation runs.
_PASSED_ON = ("TEREM_REQUIRE", "TEREM_PROPERTY_SECONDS", "TEREM_PROPERTY_SEED")
_ALONE = ("--pdb", "-s", "--capture=no", "--collect-only", "--co", "--help", "-h", "--fixtures")


def command(arguments: list[str]) -> int:
    """Run pytest with the given arguments; its exit code."""
    python.ensure("work")
    catalogue.compile_all()
    parallel = [] if _runs_alone(arguments) else ["-n", "logical", "--dist", "worksteal"]
    environment = base_environment()
    environment |= {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return subprocess.run(
        [str(python.INTERPRETER), "-m", "pytest", *parallel, *arguments],
        cwd=places.ROOT,
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
