"""The units of a server: what each may do and take, and that systemd itself finds no fault in them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.server import environment, layout
from tests.deploy.units import DRAFTS, Unit, sections

UNITS = layout.EVERYTHING
SERVER = DRAFTS.parent
# What systemd-analyze gives at most (0 is closed, 10 is open).
EXPOSURE = 25  # tenths

DEMANDS: dict[str, Callable[[str], bool]] = {
    "NoNewPrivileges": lambda value: value == "yes",
    "ProtectSystem": lambda value: value == "strict",
    "ProtectHome": lambda value: value == "yes",
    "PrivateTmp": lambda value: value == "yes",
    "PrivateDevices": lambda value: value == "yes",
    "ProtectProc": lambda value: value == "invisible",
    "RestrictNamespaces": lambda value: value == "yes",
    "SystemCallArchitectures": lambda value: value == "native",
    "User": lambda value: value in (layout.USER, layout.EDGE_USER),
    "Restart": lambda value: value == "always",
    "MemoryHigh": bool,
    "MemoryMax": bool,
    "TasksMax": str.isdecimal,
    "LimitNOFILE": str.isdecimal,
    "TimeoutStopSec": str.isdecimal,
    "Slice": lambda value: value == "terem.slice",
    "StateDirectoryMode": lambda value: value in ("0700", "0750"),
}


def faults(folder: Path) -> Iterator[str]:
    """What a unit lacks."""
    for name in UNITS:
        unit = Unit.read(name, folder)
        for demand, fits in DEMANDS.items():
            if not fits(unit.one(demand)):
                yield f"{name}: {demand}={unit.one(demand)}"
        if not any("@system-service" in row for row in unit.all("SystemCallFilter")):
            yield f"{name}: SystemCallFilter lets everything through"
        if unit.one("StartLimitIntervalSec", section="Unit") != "0":
            yield f"{name}: gives up after some starts"
        if not unit.all("WantedBy", "Install"):
            yield f"{name}: does not start with the machine"


def test_every_unit_is_closed_and_limited() -> None:
    assert list(faults(DRAFTS)) == []


@pytest.mark.parametrize(
    "lost", ["NoNewPrivileges=yes", "ProtectSystem=strict", "MemoryMax=1536M", "TasksMax=100"]
)
def test_the_check_sees_what_is_taken_away(lost: str, tmp_path: Path) -> None:
    """A check that cannot fail says nothing."""
    folder = tmp_path / "units"
    shutil.copytree(DRAFTS, folder)
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_text(path.read_text("utf-8").replace(f"{lost}\n", ""), "utf-8")
    assert any(lost.partition("=")[0] in fault for fault in faults(folder))


def test_capabilities_are_named_one_by_one() -> None:
    """Nobody has any, but the edge for its ports and the keeper so that nobody looks into it."""
    held = {name: Unit.read(name).all("AmbientCapabilities") for name in UNITS}
    assert held.pop("terem-edge.service") == ["CAP_NET_BIND_SERVICE"]
    assert held.pop("terem-keeper.service") == ["CAP_WAKE_ALARM"]
    assert not any(held.values())
    assert all(Unit.read(name).all("CapabilityBoundingSet") == found for name, found in held.items())


def test_what_all_share_takes_nothing_from_one() -> None:
    """systemd reads the drop-in after the unit: what both set would be the drop-in's."""
    shared = sections(DRAFTS / "terem-.service.d/10-house.conf")
    for path in DRAFTS.glob("*.service"):
        for section, rows in sections(path).items():
            both = {name for name, _value in rows} & {name for name, _value in shared.get(section, [])}
            assert not both, f"{path.name}: {both}"


def test_only_the_keeper_has_the_owners_login() -> None:
    readers = [name for name in UNITS if str(environment.OWNER) in Unit.read(name).all("EnvironmentFile")]
    assert readers == ["terem-keeper.service"]


def test_what_the_units_start_is_here() -> None:
    for name in UNITS:
        unit = Unit.read(name)
        for line in unit.all("ExecStart") + unit.all("ExecStartPost") + unit.all("ExecStop"):
            program = SERVER / Path(line.split()[0]).name
            assert line.startswith("/opt/terem/current/deploy/server/"), line
            assert os.access(program, os.X_OK), f"{program} cannot be run"
    for name in ("install", "update", "rollback", "uninstall", "manage"):
        assert os.access(SERVER / name, os.X_OK), name


def test_a_worker_has_time_to_finish() -> None:
    """Longer than what is in hand usually takes, and the web server gives up before systemd does."""
    web = Unit.read("terem-web@8001.service")
    patience = int((SERVER / "run").read_text("utf-8").partition("--workers-kill-timeout ")[2].split()[0])
    assert patience < web.seconds("TimeoutStopSec", 0)
    for name in layout.WORKERS:
        assert Unit.read(name).seconds("TimeoutStopSec", 0) >= 120


@pytest.fixture
def placed(tmp_path: Path) -> Path:
    """A root with the units, and everything that they name."""
    root = tmp_path / "root"
    shutil.copytree(DRAFTS, root / "etc/systemd/system")
    programs = root / "opt/terem/current/deploy/server"
    programs.mkdir(parents=True)
    for path in SERVER.iterdir():
        if path.is_file() and os.access(path, os.X_OK):
            shutil.copy(path, programs / path.name)
    library = Path("/usr/lib/systemd/system")
    shutil.copytree(library, root / "usr/lib/systemd/system", symlinks=True)
    (root / "etc/terem").mkdir()
    for path in environment.FILES:
        (root / "etc/terem" / path.name).touch()
    return root


needs_analyze = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here"
)


@needs_analyze
@pytest.mark.parametrize("name", [*UNITS, "terem.target"])
def test_systemd_finds_no_fault(name: str, placed: Path) -> None:
    ours = [
        "systemd-analyze",
        f"--root={placed}",
        "--man=no",
        "--generators=no",
        "--recursive-errors=no",
        "verify",
    ]
    done = subprocess.run([*ours, name], capture_output=True, text=True, check=False)
    said = [row for row in (done.stdout + done.stderr).splitlines() if "terem" in row]
    assert (done.returncode, said) == (0, []), done.stdout + done.stderr


@needs_analyze
@pytest.mark.parametrize("name", UNITS)
def test_systemd_calls_it_closed(name: str, placed: Path) -> None:
    argv = [
        "systemd-analyze",
        f"--root={placed}",
        "--offline=yes",
        "--no-pager",
        f"--threshold={EXPOSURE}",
        "security",
    ]
    done = subprocess.run([*argv, name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2500:] + done.stderr
