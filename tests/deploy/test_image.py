"""The image built step by step in an unpacked Debian, and compose lived through with it: no engine is needed.

Takes minutes and downloads (Debian's packages, the wheels of the lock), so it runs with ``--full`` only. What an
engine does besides (pulling, layers, limits of memory) is not done; deploy/containers.md says so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.local import places
from tests.support import bases, dockerfile, imagebuild
from tests.support.folders import open_to_servers
from tests.support.imagebuild import Build, Image

pytestmark = [pytest.mark.full, pytest.mark.debian, pytest.mark.helm, pytest.mark.caddy]

RECIPE = (places.ROOT / "deploy" / "Dockerfile").read_text("utf-8")
# What lies beside the code of somebody who works with it, and belongs into no image.
PLANTED = {
    ".git/HEAD": "ref: refs/heads/main",
    ".git/config": "the history",
    "deploy/.env": "TEREM_SECRET_KEY=planted-secret",
    ".env.local": "planted-secret",
    "tests/test_planted.py": "planted",
    "var/secrets.json": "planted-secret",
    "crm_core/__pycache__/planted.cpython-311.pyc": "planted",
}
LEFT_OUT = {
    "tests",
    "helm",
    "var",
    ".git",
    ".gitignore",
    ".ci",
    ".venv",
    ".dockerignore",
    "requirements-dev.lock",
}
TOOLS = (
    "gcc",
    "cc",
    "g++",
    "ld",
    "make",
    "git",
    "pip",
    "pip3",
    "uv",
    "curl",
    "wget",
    "node",
    "dpkg-buildpackage",
)
_PATIENCE = 1500


@dataclass(frozen=True)
class Built:
    """Two builds of the same code, from two places."""

    first: Image
    second: Image
    base: Path
    folder: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    folder = open_to_servers(tmp_path_factory.mktemp("image"))
    try:
        base = next(step.rest.partition("=")[2] for step in dockerfile.steps(RECIPE) if step.word == "ARG")
        wheels = bases.python(bases.cache(), folder / "base", places.ROOT / "requirements.lock")
        images = []
        for name, context in (("one", places.ROOT), ("two", elsewhere(folder / "context"))):
            (folder / name).mkdir()
            images.append(Build(context, {base: folder / "base"}, wheels, folder / name).made(RECIPE))
        yield Built(images[0], images[1], folder / "base", folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def elsewhere(place: Path) -> Path:
    """The same code in another place: other times, another umask, and things that do not belong to it."""
    rules = dockerfile.ignored((places.ROOT / ".dockerignore").read_text("utf-8"))
    place.mkdir()
    for path in imagebuild.walked(places.ROOT, places.ROOT, rules):
        to = place / path.relative_to(places.ROOT)
        if path.is_dir() and not path.is_symlink():
            to.mkdir()
        else:
            shutil.copy(path, to, follow_symlinks=False)
    shutil.copy(places.ROOT / ".dockerignore", place)
    for name, text in PLANTED.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, "utf-8")
    subprocess.run(["chmod", "-R", "go-rwx", str(place)], check=True)
    return place


def test_two_builds_are_the_same_file_by_file(built: Built) -> None:
    """Contents, kinds, modes and owners; times are the only thing that differs."""
    one, two = imagebuild.listing(built.first.root), imagebuild.listing(built.second.root)
    differ = sorted(path for path in one.keys() | two.keys() if one.get(path) != two.get(path))
    assert (len(differ), differ[:20]) == (0, [])
    assert sum(path.endswith(".pyc") for path in one if path.startswith("terem/")) > 500


def test_nothing_is_in_it_that_does_not_belong(built: Built) -> None:
    for image in (built.first, built.second):
        held = imagebuild.listing(image.root)
        ours = {path.removeprefix("terem/") for path in held if path.startswith("terem/")}
        assert not ours & set(PLANTED)
        strange = {path.split("/")[0] for path in ours} & LEFT_OUT
        assert strange == set()
    asked = [
        "grep",
        "-rl",
        "planted-secret",
        str(built.second.root / "terem"),
        str(built.second.root / "venv"),
    ]
    assert subprocess.run(asked, capture_output=True, text=True, check=False).stdout == ""


def test_nothing_in_it_builds_installs_or_raises_rights(built: Built) -> None:
    root = built.first.root
    folders = [root / folder.lstrip("/") for folder in built.first.env["PATH"].split(":")]
    assert [name for name in TOOLS if any((folder / name).exists() for folder in folders)] == []
    raising = [
        path
        for path, (mode, _own, _holds) in imagebuild.listing(root).items()
        if "s" in mode[1:].lower() and mode[0] == "-"
    ]
    assert raising == []
    was = [
        mode
        for mode, _own, _holds in imagebuild.listing(built.base).values()
        if "s" in mode[1:] and mode[0] == "-"
    ]
    assert was, "the base has some, so that the look means something"
    found = subprocess.run(
        ["chroot", str(root), "python", "-B", "-c", "import importlib.util as u; print([n for n in ('pip', 'ensurepip') if u.find_spec(n)])"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout.strip() == "[]"


def test_its_account_owns_what_it_writes_to_and_no_more(built: Built) -> None:
    image = built.first
    assert image.user == "10001:10001"
    held = imagebuild.listing(image.root)
    assert {path for path, (_mode, own, _holds) in held.items() if own.startswith("10001")} == {
        "storage",
        "backups",
    }
    # Where the account could write besides: nowhere but folders that are everybody's.
    open_to_all = {path for path, (mode, _own, _holds) in held.items() if mode[8] == "w" and mode[0] != "l"}
    assert open_to_all <= {"tmp", "var/tmp", "run/lock"}
    assert "terem:x:10001:10001::/tmp:/usr/sbin/nologin" in (image.root / "etc/passwd").read_text()


def test_it_stays_small(built: Built) -> None:
    """What our steps add to the base, in megabytes on disk (deploy/containers.md names the figure)."""
    sizes = {name: megabytes(path) for name, path in (("base", built.base), ("image", built.first.root))}
    print(f"image: {sizes}")
    assert sizes["image"] - sizes["base"] < 400


def megabytes(root: Path) -> int:
    done = subprocess.run(["du", "-sm", str(root)], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[0])


@pytest.fixture(scope="module")
def report(built: Built) -> dict[str, Any]:
    """What was seen while compose.yaml was lived through with the built image."""
    folder = (
        open_to_servers(built.folder / "machine")
        if (built.folder / "machine").exists()
        else built.folder / "machine"
    )
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    bases.outside(bases.cache(), folder / "outside")
    image = built.first
    (folder / "image").symlink_to(image.root)
    told = {"env": image.env, "user": image.user, "work": image.work, "command": image.command}
    told |= {"probe": image.probe, "stop": image.stop}
    (folder / "image.json").write_text(json.dumps(told), "utf-8")
    box = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    path = folder / "report.json"
    done = subprocess.run(
        [*box, sys.executable, "-m", "tests.deploy.composed", str(folder), str(path)],
        cwd=places.ROOT, timeout=_PATIENCE, capture_output=True, text=True, check=False,
        env=dict(os.environ) | {"PYTHONPATH": f"{places.ROOT}:{places.ROOT / 'platform'}"},
    )  # fmt: skip
    assert path.exists(), f"{done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    print(
        json.dumps(
            {name: found[name] for name in ("healthy_s", "memory_mb", "up_s", "stopped") if name in found}
        )
    )
    return found


def test_compose_was_lived_through(report: dict[str, Any]) -> None:
    assert "broke" not in report, json.dumps(report, indent=2)[:9000]
    assert report["ended"] == {"folders": 0, "prepare": 0, "install": 0}


def test_everybody_is_well_by_their_own_words(report: dict[str, Any]) -> None:
    wanted = {"postgres", "redis", "web", "worker", "keeper", "scheduler", "backup", "edge"}
    assert set(report["healthy_s"]) == wanted
    assert report["image_probe"] is True


def test_somebody_signs_up_through_the_edge(report: dict[str, Any]) -> None:
    assert report["page"] == [200, "https://northern.terem.example/companies/"]


def test_the_named_commands_work_where_they_are_named(report: dict[str, Any]) -> None:
    for name in ("operator", "upgrade", "snapshot"):
        assert report[name][0] == 0, report[name]
    assert report["snapshots"] > 0


def test_the_backup_is_one(report: dict[str, Any]) -> None:
    assert {"PG_VERSION", "backup_label", "backup_manifest"} <= set(report["base"])
    assert report["verified"][0] == 0, report["verified"]
    assert report["archived"] > 0


def test_the_walls_are_the_files_own(report: dict[str, Any]) -> None:
    """No root but where said, no new rights, no capability but the named one, nothing written into a root."""
    accounts = {"postgres": "999", "redis": "999", "backup": "999", "edge": "0"}
    assert set(report["walls"]) >= {"web", "worker", "keeper", "scheduler", *accounts}
    for name, members in report["walls"].items():
        held = 1 << 10 if name == "edge" else 0  # CAP_NET_BIND_SERVICE
        for one in members:
            assert one["Uid"].split()[0] == accounts.get(name, "10001"), (name, one)
            assert (one["NoNewPrivs"], int(one["CapEff"], 16), int(one["CapBnd"], 16)) == ("1", held, held), (
                name,
                one,
            )
    for name, said in report["closed_root"].items():
        assert said.count("Read-only file system") == 4, (name, said)
    assert {name: paths for name, paths in report["written"].items() if paths and name != "postgres"} == {}


def test_every_line_of_a_log_is_an_object(report: dict[str, Any]) -> None:
    """Company, request, job and release on each, also on those of the web server before any request."""
    assert {name: bad for name, (_good, bad) in report["lines"].items() if bad} == {}
    assert report["lines"]["web"][0] > 10


def test_networks_keep_apart_what_the_file_keeps_apart(report: dict[str, Any]) -> None:
    ways = set(report["ways"])
    assert {"web postgres", "web redis", "worker postgres", "keeper redis", "edge web"} <= ways
    assert [way for way in ways if way.startswith(("backup", "folders"))] == []
    assert [way for way in ways if way.startswith("edge")] == ["edge web"]


def test_memory_stays_below_what_is_allowed(report: dict[str, Any]) -> None:
    assert {name for name, (held, most) in report["memory_mb"].items() if held > most / 2} == set()


def test_without_the_database_web_is_alive_and_not_ready(report: dict[str, Any]) -> None:
    assert report["without"] == {"ready": False, "live": True}
    assert report["with_again"]["ready"] is True


def test_everybody_stops_when_told(report: dict[str, Any]) -> None:
    late = {name: found for name, found in report["stopped"].items() if found[1] >= found[2]}
    assert late == {}
    assert {found[0] for found in report["stopped"].values()} <= {0, 143}
