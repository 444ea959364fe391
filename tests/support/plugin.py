"""The pytest plugin of the house: cluster before settings, browser and Redis demands.

Loaded by ``-p`` in pyproject.toml, so that the environment stands before
pytest-django imports the settings.
"""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from deploy.local import catalogue, places
from tests.support import browser, charts, cluster, debian, edge, pooler
from tests.support.proof import Prover

_warden: list[subprocess.Popen[bytes]] = []  # at most one, in the master
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
DATABASE = f"test_{WORKER}"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--full`` runs the whole matrix of browser and accessibility tests."""
    parser.addoption(
        "--proof", action="store_true", help="a full and faultless run of tests/isolation leaves its report"
    )
    parser.addoption("--full", action="store_true", help="run the tests marked full as well")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is there now stays to the end: no later search for garbage goes through it again."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> Iterator[object]:
    """Put import roots and settings into the environment before Django reads them."""
    # Thousands of tests are made and kept: looking for garbage among them is a third of the collecting.
    gc.disable()
    for folder in (places.ROOT / "platform", places.ROOT):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    run = cluster.joined()
    if run is None:
        catalogue.compile_all()
        run = cluster.begin()
        _keep_compiled(run)
        # Also when pytest ends before its own clean-up, for instance on broken settings.
        atexit.register(_end, run)
        if _wants_servers(args):
            _warden.append(cluster.start_warden(run))
    for name in [name for name in os.environ if name.startswith("TEREM_")]:
        if name not in (
            "TEREM_TEST_RUN",
            "TEREM_REQUIRE",
            "TEREM_TEST_FULL",
            "TEREM_PROPERTY_SECONDS",
            "TEREM_PROPERTY_SEED",
        ):
            del os.environ[name]
    os.environ |= run.environment(DATABASE, WORKER)
    return (yield)


def _keep_compiled(run: cluster.Run) -> None:
    """Where no compiled code may lie beside the sources, the run's many processes share it in its folder."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(run.folder / "compiled"))


def _wants_servers(args: list[str]) -> bool:
    """House tests read the sources only; a run of nothing else needs no database."""
    paths = [arg.split("::")[0] for arg in args if not arg.startswith("-")]
    paths = [path for path in paths if (places.ROOT / path).exists()]
    quick = any(arg in ("--version", "--help", "-h", "--collect-only") for arg in args)
    return not quick and not (paths and all(p.startswith("tests/house") for p in paths))


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the servers with the run; the workers leave that to the master."""
    run = cluster.joined()
    if run is None or hasattr(config, "workerinput"):
        return
    _end(run)


def _end(run: cluster.Run) -> None:
    while _warden:
        cluster.stop_warden(_warden.pop(), run)
    if run.folder.exists():
        shutil.rmtree(run.folder, ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    """Describe our markers."""
    if config.getoption("--proof") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Prover(), "prover")
    config.addinivalue_line("markers", "browser: needs a real Chromium")
    config.addinivalue_line("markers", "pgbouncer: needs a real PgBouncer")
    config.addinivalue_line("markers", "caddy: needs a real Caddy")
    config.addinivalue_line("markers", "debian: needs root, debootstrap and namespaces")
    config.addinivalue_line("markers", "helm: needs Helm's library and Kubernetes' schemas")
    config.addinivalue_line("markers", "full: part of the full matrix, run with --full")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what this machine or this run cannot do, unless it is required."""
    if not config.getoption("--full") and not config.getoption("--proof"):
        skipped = pytest.mark.skip(reason="part of the full matrix: ./terem test --full")
        for item in items:
            if item.get_closest_marker("full"):
                item.add_marker(skipped)
    for mark, program, missing in _OUTSIDE:
        if program() is None:
            _skip_without(mark, missing, items)


# What a machine may lack: the marker of the tests that need it, how it is found, what to say.
_OUTSIDE = (
    ("browser", browser.executable, browser.MISSING),
    ("pgbouncer", pooler.executable, pooler.MISSING),
    ("caddy", edge.executable, edge.MISSING),
    ("debian", debian.maker, debian.MISSING),
    ("helm", charts.executable, charts.MISSING),
)


def _skip_without(mark: str, missing: str, items: list[pytest.Item]) -> None:
    found = [item for item in items if item.get_closest_marker(mark)]
    if found and mark in required():
        raise pytest.UsageError(f"{missing} TEREM_REQUIRE asks for one.")
    for item in found:
        item.add_marker(pytest.mark.skip(reason=missing))


def required() -> set[str]:
    """What TEREM_REQUIRE demands: a missing one fails instead of being skipped."""
    return {part.strip() for part in os.environ.get("TEREM_REQUIRE", "").split(",") if part.strip()}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which tests did not run for want of something outside."""
    skipped = terminalreporter.stats.get("skipped", [])
    for mark, _program, missing in _OUTSIDE:
        count = sum(missing in str(report.longrepr) for report in skipped)
        if count:
            terminalreporter.section(f"NO {mark.upper()}", red=True)
            terminalreporter.line(f"{count} tests were skipped. {missing}", red=True)
