"""``./terem check``: every rule of the house, each failure with a sentence that says what to do."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deploy.local import catalogue, places, python, say
from deploy.local.say import Problem
from deploy.local.servers import base_environment

ROOMS = ("kernel", "ui", "identity", "config", "tenants", "billing", "crm_core", "onboarding")
_NOWHERE = "postgresql://nobody:nothing@127.0.0.1:9/nowhere"


@dataclass(frozen=True)
class Check:
    """One check: its command, and the way on when it fails. ``tells``: what it says is shown when it passes too."""

    name: str
    argv: list[str]
    way_on: str
    tells: bool = False


def command(arguments: list[str]) -> int:
    """Run the named checks, or all of them; 1 when one fails."""
    python.ensure("work")
    catalogue.compile_all()
    known = {check.name: check for check in _checks()}
    unknown = [name for name in arguments if name not in known]
    if unknown:
        raise Problem(f"There is no check {unknown[0]!r}.", f"Choose from: {', '.join(known)}.")
    chosen = [known[name] for name in arguments] or list(known.values())
    with tempfile.TemporaryDirectory(prefix="terem-check-") as folder:
        environment = static_environment(Path(folder))
        with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
            good = list(pool.map(lambda check: _run(check, environment), chosen))
    failed = [check.name for check, passed in zip(chosen, good, strict=True) if not passed]
    if failed:
        say.line(f"\n{len(failed)} of {len(chosen)} checks failed: {', '.join(failed)}.")
        return 1
    say.line(f"\nAll {len(chosen)} checks passed.")
    return 0


def static_environment(folder: Path) -> dict[str, str]:
    """Settings with which Django starts without any server; nothing may connect."""
    return (
        base_environment()
        | {
            "TEREM_ENV": "test",
            "TEREM_SECRET_KEY": "only-for-reading-the-sources-never-for-signing",
            "TEREM_MASTER_KEYS": f"{'A' * 43}=",
            "TEREM_BACKUPS": str(folder / "backups"),
            "TEREM_DOMAIN": "terem.test",
            "TEREM_SCHEME": "http",
            "TEREM_PORT": "80",
            "TEREM_OWNER_DB": _NOWHERE,
            "TEREM_CONTROL_DB": _NOWHERE,
            "TEREM_TENANT_DB": _NOWHERE,
            "TEREM_REDIS": "redis://127.0.0.1:9/0",
            "TEREM_STORAGE": str(folder / "storage"),
            "TEREM_MAIL": f"file://{folder / 'mail'}",
            "TEREM_STATIC": str(folder / "static"),
            "TEREM_VAR": str(folder),
            "PYTHONWARNINGS": "ignore",
        }
        | {name: os.environ[name] for name in ("TEREM_REQUIRE", "TEREM_AUDIT") if name in os.environ}
    )


def _checks() -> list[Check]:
    """The checks in the order of their report; the slow ones are started first."""
    tools = places.VENV / "bin"
    py = str(python.INTERPRETER)
    packages = [part for room in (*ROOMS, "deploy") for part in ("-p", room)]
    return [
        Check("types", [py, "-m", "mypy", *packages], "Mend the types; see handbook/style."),
        Check(
            "house",
            [py, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=short", "tests/house"],
            "Each failure names its rule and what to do; the rules stand in platform/handbook/.",
        ),
        Check("format", [str(tools / "ruff"), "format", "--check", "."], "Run: .venv/bin/ruff format ."),
        Check(
            "lint",
            [str(tools / "ruff"), "check", "."],
            "Run: .venv/bin/ruff check --fix . and mend the rest.",
        ),
        Check(
            "imports",
            [str(tools / "lint-imports"), "--no-cache"],
            "Move the code to the room where it belongs, or go through the front door (api.py); "
            "see handbook/architecture.",
        ),
        *_own_checks(py),
    ]


def _own_checks(py: str) -> list[Check]:
    """What no tool checks: migrations, the Russian catalogue, secrets, vendored files, locks, licences, weaknesses."""
    return [
        Check(
            "migrations",
            [py, "manage.py", "makemigrations", "--check", "--dry-run"],
            "A model changed without its migration. Run: ./terem manage makemigrations APP",
        ),
        Check(
            "unsafe-migrations",
            [py, "-m", "deploy.checks.migrations"],
            "Split the migration into expand and contract; see handbook/architecture.",
        ),
        Check(
            "russian",
            [py, "-m", "deploy.checks.words"],
            "Add what is missing as empty entries with .venv/bin/python -m deploy.checks.update, and fill them in.",
        ),
        *(
            Check(name, [py, "-m", "deploy.checks", name], way_on)
            for name, way_on in (
                ("secrets", "Nothing secret and no path of one machine belongs into the repository."),
                ("vendored", "Vendored files need name, version, licence and hash in their manifest."),
                ("locks", "Remake the locks with: sh deploy/checks/lock.sh"),
                ("licences", "All of them: .venv/bin/python -m deploy.checks licence-report"),
            )
        ),
        Check(
            "audit",
            [py, "-m", "deploy.checks", "audit"],
            "Take newer packages (pyproject.toml, sh deploy/checks/lock.sh), or write down why it does no harm here.",
            tells=True,
        ),
    ]


def _run(check: Check, environment: dict[str, str]) -> bool:
    begun = time.monotonic()
    done = subprocess.run(
        check.argv,
        cwd=places.ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - begun
    rows = done.stdout.rstrip().splitlines()
    if done.returncode == 0:
        told = "".join(f"\n    {row}" for row in rows) if check.tells else ""
        say.line(f"✓ {check.name} ({seconds:.1f} s){told}")
        return True
    said = "\n".join(f"    {row}" for row in rows[-200:])
    say.line(f"✗ {check.name} ({seconds:.1f} s)\n{said}\n  → {check.way_on}")
    return False
