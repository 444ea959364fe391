"""Installing into .venv: once per lock, again after a cut, and a sentence for each trouble."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.local import places, python
from deploy.local.say import Problem


@pytest.fixture
def installs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """An empty checkout; the list of installs that happened, as (lock, anew)."""
    done: list[tuple[str, bool]] = []
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / lock).write_text(f"{lock}==1 --hash=sha256:0\n")
    venv = tmp_path / ".venv"
    monkeypatch.setattr(places, "ROOT", tmp_path)
    monkeypatch.setattr(places, "VAR", tmp_path / "var")
    monkeypatch.setattr(places, "VENV", venv)
    monkeypatch.setattr(python, "_STAMP", venv / "terem-installed.json")
    monkeypatch.setattr(python, "_works", venv.exists)
    monkeypatch.setattr(python, "_make_environment", venv.mkdir)
    monkeypatch.setattr(python, "_NEEDED_MEGABYTES", {"run": 0, "work": 0})
    monkeypatch.setattr(python, "_install", lambda lock, *, anew: done.append((lock.name, anew)))
    return done


def test_a_second_start_installs_nothing(installs: list[tuple[str, bool]]) -> None:
    """The stamp says that the lock is installed; a changed lock is installed."""
    python.ensure("run")
    python.ensure("run")
    assert installs == [("requirements.lock", False)]
    (places.ROOT / "requirements.lock").write_text("changed==2\n")
    python.ensure("run")
    assert installs[1:] == [("requirements.lock", False)]


def test_a_cut_off_install_is_done_again(installs: list[tuple[str, bool]]) -> None:
    """Without a stamp the environment may hold half packages: they are replaced."""
    places.VENV.mkdir()
    python.ensure("run")
    assert installs == [("requirements.lock", True)]


def test_a_failed_install_leaves_no_stamp(
    installs: list[tuple[str, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next start tries again."""

    def fail(_lock: Path, *, anew: bool) -> None:
        raise Problem(f"no network ({anew})")

    python.ensure("run")
    (places.ROOT / "requirements.lock").write_text("changed==2\n")
    with monkeypatch.context() as patched, pytest.raises(Problem):
        patched.setattr(python, "_install", fail)
        python.ensure("run")
    python.ensure("run")
    assert installs[-1] == ("requirements.lock", True)


def test_up_keeps_the_tools_of_somebody_who_works_here(installs: list[tuple[str, bool]]) -> None:
    """A start after a test run must not remove pytest."""
    python.ensure("work")
    (places.ROOT / "requirements-dev.lock").write_text("changed==2\n")
    python.ensure("run")
    assert [lock for lock, _ in installs] == ["requirements-dev.lock"] * 2


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "does not have the hash"),
        ("error: Hash mismatch for django", "does not have the hash"),
        ("Failed to establish a new connection: refused", "cannot be reached"),
        ("error: dns error: failed to lookup address", "cannot be reached"),
        ("ERROR: No matching distribution found for x", "No matching distribution found for x"),
        ("", "no reason given"),
    ],
)
def test_each_trouble_is_a_sentence_with_a_way_on(said: str, sentence: str) -> None:
    """What the installer says is put into words for a person."""
    found = python._install_problem(said, Path("requirements.lock"))
    assert sentence in found.what
    assert found.way_on


@pytest.mark.parametrize(
    ("hidden", "uv", "expected"),
    [
        (set(), None, [sys.executable, "-m", "venv"]),
        ({"ensurepip"}, "/usr/bin/uv", ["/usr/bin/uv", "venv", "--quiet", "--python", sys.executable]),
        ({"ensurepip"}, None, [sys.executable, "-m", "venv", "--without-pip"]),
        ({"venv", "ensurepip"}, None, None),
    ],
)
def test_ways_to_make_an_environment(
    hidden: set[str], uv: str | None, expected: list[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """venv, else uv, else this Python's own pip, else the package to install."""
    real: Any = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in hidden else real(name))
    monkeypatch.setattr(python.shutil, "which", lambda name: uv)
    if expected is None:
        with pytest.raises(Problem, match="venv module is missing") as found:
            python._environment_command()
        assert "python3" in found.value.way_on
    else:
        assert python._environment_command() == expected
