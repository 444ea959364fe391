"""A server's whole life in a Debian of its own: installed, signed up to, updated under load, rebooted, taken down.

Takes minutes and downloads (Debian's packages, the wheels of the lock), so it runs with ``--full`` only.
``tests/deploy/journey.py`` goes the way; here is what must have come out. The root's own systemd
starts it (``tests/deploy/booted.py``), so the units run as on a host. What is installed is the last commit of
this checkout, and what it is updated to is a commit after it with other schemas (``tests/deploy/next_commit.py``).
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.local import places
from deploy.server import layout, releases
from tests.deploy import next_commit
from tests.deploy.journey import LEAST, OTHERS
from tests.support import debian
from tests.support.folders import open_to_servers

pytestmark = [
    pytest.mark.full,
    pytest.mark.debian,
    pytest.mark.skipif(
        not (places.ROOT / ".git").exists() or shutil.which("git") is None,
        reason="The next commit is made from a checkout by git; this is an unpacked source.",
    ),
]

# Kept between runs, below the checkout's own var/: the downloads are the longest part.
_ROOT = "server-root"
_PATIENCE = 3000
# What systemd-analyze gives at most (0 is closed, 10 is open), as tests/deploy/test_units.py has it.
_EXPOSURE = 2.5


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the journey saw. Of several pytest processes the first goes the way, the others read its report."""
    common = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        common = common.parent
    note = common / "server-report.json"
    with _alone(common / "server.lock"):
        if not note.exists():
            folder = open_to_servers(tmp_path_factory.mktemp("server"))
            try:
                found = _gone(folder)
                note.write_text(json.dumps(found), "utf-8")
                (places.VAR / "server-report.json").write_text(json.dumps(found, indent=2), "utf-8")
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    read: dict[str, Any] = json.loads(note.read_text("utf-8"))
    return read


def _gone(folder: Path) -> dict[str, Any]:
    """The journey's report; what kept it from beginning is told to every test, and not tried again by each."""
    try:
        return journey(folder)
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        return {"broke": f"{type(error).__name__}: {error}"}


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Only one at a time; the others wait."""
    with open(path, "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def journey(folder: Path, *words: str) -> dict[str, Any]:
    """Go the way in a root of its own below ``folder``; its report. ``words`` go to the journey."""
    root = folder / "root"
    places.VAR.mkdir(exist_ok=True)
    with _alone(places.VAR / f"{_ROOT}.lock"):
        clean = places.VAR / _ROOT
        debian.make(clean)
        debian.wheels(clean, places.ROOT / "requirements.lock", releases.edge_lock(places.ROOT))
        roots = [root] if "--only-install" in words else [root, folder / "root-2"]
        for one in roots:
            subprocess.run(["cp", "-a", str(clean), str(one)], check=True)
            one.chmod(0o755)
    unpack("HEAD", root / "before")
    after = next_commit.make(folder)
    for one in roots:
        unpack("HEAD", one / "after", after)
    path = folder / "report.json"
    box = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    paths = f"{places.ROOT}:{places.ROOT / 'platform'}"
    done = subprocess.run(
        [*box, sys.executable, "-m", "tests.deploy.journey", str(root), str(path), *words],
        cwd=places.ROOT,
        env=dict(os.environ) | {"PYTHONPATH": paths},
        timeout=_PATIENCE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert path.exists(), f"{done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def unpack(commit: str, folder: Path, checkout: Path = places.ROOT) -> None:
    """The source of a commit, as an operator unpacks it."""
    folder.mkdir()
    packed = subprocess.run(["git", "archive", commit], cwd=checkout, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed.stdout, check=True)


def test_the_way_was_gone_to_its_end(report: dict[str, Any]) -> None:
    told = {name: value for name, value in report.items() if not name.endswith("_said")}
    assert "broke" not in report, json.dumps(told, indent=2)[:20000]


def test_install_may_be_repeated(report: dict[str, Any]) -> None:
    """Nothing is made twice, no setting changes, no process is renewed."""
    assert "is here already" in report["again_said"]
    assert report["again_changed"] == []
    assert "No browser gets" not in report["install_said"]


def test_every_unit_runs_and_comes_back_by_itself(report: dict[str, Any]) -> None:
    everything = sorted(layout.EVERYTHING)
    assert report["active"] == everything
    assert report["active_after_reboot"] == everything
    assert report["certificates_changed"] == []


def test_people_come_in_on_both_addresses(report: dict[str, Any]) -> None:
    assert report["certificates"] == ["northern.terem.example", "crm.customer.example"]


def test_nobody_else_gets_a_certificate(report: dict[str, Any]) -> None:
    assert report["refused"] == []


def test_no_request_fails_while_releases_change(report: dict[str, Any]) -> None:
    load = report["load"]
    assert load["failures"] == []
    assert load["requests"] >= LEAST
    assert load["written"] > 0
    assert set(load["statuses"]) == {"200", "302"}
    assert all(load["meanwhile"].values()), "nobody asked while the releases changed"
    assert report["kept"] == {"lost": 0, "doubled": 0}


def test_every_company_is_upgraded_once(report: dict[str, Any]) -> None:
    """By the engine's journal, and by the column that is there in each of them."""
    found = report["companies"]
    count = 1 + len(OTHERS)
    assert found["companies"] == found["with_column"] == count
    assert (found["releases"], found["control"]) == (1, 1)
    assert found["runs"] == [["done", count, count, 0]]
    steps = found["steps"]
    assert (steps["rows"], steps["companies"], steps["done"], steps["attempts"]) == (count, count, count, 1)
    assert steps["waves"] > 1


def test_no_background_work_is_lost_or_done_twice(report: dict[str, Any]) -> None:
    found = report["jobs"]
    assert found["failures"] == []
    assert found["asked"] > 0
    assert found["states"] == {"done": found["asked"]}
    assert (found["lost"], found["doubled"]) == (0, 0)


def test_a_process_out_of_turn_gets_nothing_new(report: dict[str, Any]) -> None:
    found = report["drain"]
    assert found["said"][0] != 200
    assert (found["said"][1], found["again"]) == (200, 200)
    idle, working = found["cpu_s"]
    assert idle < working / 3


def test_no_process_was_killed_or_died(report: dict[str, Any]) -> None:
    assert report["restarts"] == {}


def test_the_walls_stand(report: dict[str, Any]) -> None:
    """The kernel's word for every process: no new rights, a filter of system calls, only the named capabilities."""
    walls = dict(report["walls"])
    walls.pop("controllers")
    held = {"terem-edge.service": 1 << 10, "terem-keeper.service": 1 << 11}
    for unit, found in walls.items():
        assert (found["NoNewPrivs"], found["Seccomp"]) == ("1", "2"), unit
        assert int(found["CapEff"], 16) == int(found["CapBnd"], 16) == held.get(unit, 0), unit
        assert found["exposure"] <= _EXPOSURE, unit


def test_the_owners_login_is_the_keepers_alone(report: dict[str, Any]) -> None:
    assert report["worker"] == "True", "the look itself works"
    assert report["keeper"] == "closed"


def test_a_new_server_begins_with_the_copies(report: dict[str, Any]) -> None:
    """Signed-in people go on there, snapshots open, and nothing belongs to an account that is not there."""
    assert report["anew_settings_same"]
    assert report["anew_active"] == sorted(layout.EVERYTHING)
    assert report["anew_strangers"] == []
    assert "Wrong" not in report["anew_status"], report["anew_status"]


def test_the_server_says_how_it_does(report: dict[str, Any]) -> None:
    assert "Wrong" not in report["status_said"], report["status_said"]
    assert "reach nobody" in report["status_said"], "this server puts its letters into a folder"


def test_uninstall_leaves_what_it_says(report: dict[str, Any]) -> None:
    assert report["left_unsaid"] == []
    assert report["still_running"] == []
    assert report["left_after_purge"] == []
    assert report["taken"] == [], "it took what was there before"
