"""A server's whole life in a Debian of its own: installed, signed up to, updated under load, taken down.

Takes minutes and downloads (Debian's packages, the wheels of the lock), so it runs with ``--full`` only.
``tests/deploy/journey.py`` goes the way; here is what must have come out. The root's own systemd
starts it (``tests/deploy/booted.py``), so the units run as on a host.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local import places
from deploy.server import releases
from tests.support import debian
from tests.support.folders import open_to_servers

pytestmark = [pytest.mark.full, pytest.mark.debian]

# Kept between runs, below the checkout's own var/: the downloads are the longest part.
_ROOT = "server-root"
_PATIENCE = 2400


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the journey saw."""
    folder = open_to_servers(tmp_path_factory.mktemp("server"))
    try:
        yield journey(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def journey(folder: Path, *words: str) -> dict[str, Any]:
    """Go the way in a root of its own below ``folder``; its report. ``words`` go to the journey."""
    clean = places.VAR / _ROOT
    clean.parent.mkdir(exist_ok=True)
    debian.make(clean)
    debian.wheels(clean, places.ROOT / "requirements.lock", releases.edge_lock(places.ROOT))
    root = folder / "root"
    subprocess.run(["cp", "-a", str(clean), str(root)], check=True)
    root.chmod(0o755)
    unpack(former_commit(), root / "before")
    unpack("HEAD", root / "after")
    path = folder / "report.json"
    box = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    roots = f"{places.ROOT}:{places.ROOT / 'platform'}"
    done = subprocess.run(
        [*box, sys.executable, "-m", "tests.deploy.journey", str(root), str(path), *words],
        cwd=places.ROOT,
        env=dict(os.environ) | {"PYTHONPATH": roots},
        timeout=_PATIENCE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert path.exists(), f"{done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def former_commit() -> str:
    """The newest commit before this one that can be installed; in a shallow checkout this one."""
    asked = ["git", "rev-list", "HEAD~1", "--max-count=1", "--", "deploy/server/install"]
    known = subprocess.run(asked, cwd=places.ROOT, capture_output=True, text=True, check=False)
    return "HEAD~1" if known.returncode == 0 and known.stdout.strip() else "HEAD"


def unpack(commit: str, folder: Path) -> None:
    """The source of a commit, as an operator unpacks it."""
    folder.mkdir()
    packed = subprocess.run(["git", "archive", commit], cwd=places.ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed.stdout, check=True)


def test_the_way_was_gone_to_its_end(report: dict[str, Any]) -> None:
    assert "broke" not in report, json.dumps(report, indent=2)[:8000]


def test_install_may_be_repeated(report: dict[str, Any]) -> None:
    assert "is here already" in report["again"]
    assert report["again_s"] < report["install_s"]


def test_people_come_in_on_both_addresses(report: dict[str, Any]) -> None:
    assert report["subdomain"].startswith("https://northern.terem.example/")
    assert report["own_domain"].startswith("https://crm.customer.example/")


def test_no_request_fails_while_releases_change(report: dict[str, Any]) -> None:
    load = report["load"]
    assert load["failures"] == []
    assert load["requests"] >= int(os.environ.get("TEREM_TEST_REQUESTS", "10000"))
    assert load["written"] > 0
    assert report["kept"] == {"lost": 0, "doubled": 0}


def test_no_process_was_killed_or_died(report: dict[str, Any]) -> None:
    assert report["restarts"] == {}


def test_the_walls_stand(report: dict[str, Any]) -> None:
    """The kernel's word for every process: no new rights, a filter of system calls, only the named capabilities."""
    walls = dict(report["walls"])
    walls.pop("controllers")
    held = {"terem-edge.service": 1 << 10, "terem-keeper.service": 1 << 35}
    for unit, found in walls.items():
        assert (found["NoNewPrivs"], found["Seccomp"]) == ("1", "2"), unit
        assert int(found["CapEff"], 16) == int(found["CapBnd"], 16) == held.get(unit, 0), unit


def test_the_owners_login_is_the_keepers_alone(report: dict[str, Any]) -> None:
    assert report["worker"] == "True", "the look itself works"
    assert report["keeper"] == "closed"


def test_uninstall_leaves_what_it_says(report: dict[str, Any]) -> None:
    assert report["left_unsaid"] == []
    assert report["still_running"] == []
    assert report["left_after_purge"] == []
