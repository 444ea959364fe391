"""The virtual environment: made once, filled from the hashed locks, checked by a stamp."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.local import places, say
from deploy.local.say import Problem

INTERPRETER = places.VENV / "bin" / "python"
_STAMP = places.VENV / "terem-installed.json"
_LOCKS = {"run": "requirements.lock", "work": "requirements-dev.lock"}
_NEEDED_MEGABYTES = {"run": 500, "work": 1300}


def ensure(purpose: str) -> None:
    """Have everything installed for ``purpose``: "run" the product, or "work" on it.

    The work lock holds the run lock too. The stamp is written last, so an install
    that was cut off is noticed and done again; one that is whole costs no time.
    """
    with places.only_one("install", otherwise=None):
        installed = places.read_note(_STAMP)
        if "work" in installed:
            purpose = "work"  # Never take the tools away from somebody who works here.
        wanted = _digest(purpose)
        if installed.get(purpose) == wanted and _works():
            return
        cut_off = places.VENV.exists() and not _STAMP.exists()
        if not _works():
            _make_environment()
            cut_off = False
        elif cut_off:
            say.step("An earlier install did not finish; doing it again.")
        say.need_space(places.ROOT, _NEEDED_MEGABYTES[purpose], "Installing the packages")
        _STAMP.unlink(missing_ok=True)
        _install(places.ROOT / _LOCKS[purpose], anew=cut_off)
        if not _works():
            raise Problem("The new .venv does not run.", "Remove .venv and try again.")
        note = {"run": _digest("run")} | ({"work": wanted} if purpose == "work" else {})
        places.write_note(_STAMP, note, mode=0o644)


def _digest(purpose: str) -> str:
    lock = places.ROOT / _LOCKS[purpose]
    if not lock.exists():
        raise Problem(f"{lock.name} is missing.", "Restore it: git checkout -- " + lock.name)
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _works() -> bool:
    """Whether .venv has a Python of a supported version that starts."""
    if not INTERPRETER.exists():
        return False
    ask = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([INTERPRETER, "-c", ask], check=False, timeout=60).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _uv() -> str | None:
    beside = places.VENV / "bin" / "uv"
    return shutil.which("uv") or (str(beside) if beside.exists() else None)


def _make_environment() -> None:
    """Make .venv by the first way that this Python offers."""
    if places.VENV.exists():
        say.step("The .venv here does not run (Python moved or an install was cut off); renewing.")
        shutil.rmtree(places.VENV)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    say.step(f"Making .venv with Python {version}")
    argv = _environment_command()
    done = subprocess.run([*argv, str(places.VENV)], capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(places.VENV, ignore_errors=True)
        raise Problem(
            "Making the virtual environment failed: " + _last_line(done.stdout + done.stderr),
            "Check the space and the rights of this folder, then run the command again.",
        )


def _environment_command() -> list[str]:
    """venv with its own pip; else uv; else venv without pip, filled by this Python's pip."""
    have_venv = importlib.util.find_spec("venv") is not None
    if have_venv and importlib.util.find_spec("ensurepip") is not None:
        return [sys.executable, "-m", "venv"]
    uv = shutil.which("uv")
    if uv:
        return [uv, "venv", "--quiet", "--python", sys.executable]
    if have_venv and importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "venv", "--without-pip"]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise Problem(
        f"This Python {version} cannot make virtual environments: its venv module is missing "
        "(Debian and Ubuntu package it apart).",
        f"Install it with: apt-get install python{version}-venv  (or install uv). "
        "Then run the command again.",
    )


def _install(lock: Path, *, anew: bool) -> None:
    """Bring .venv to exactly what the lock says; hashes are required, builds are refused.

    ``anew`` replaces what seems to be there: a cut-off install leaves half packages.
    """
    count = sum("==" in row for row in lock.read_text().splitlines())
    say.step(f"Installing {count} packages from {lock.name} (half a minute the first time)")
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    uv = _uv()
    if uv:
        argv = [uv, "pip", "sync", "--quiet", "--python", str(INTERPRETER)]
        argv += ["--reinstall"] if anew else []
    else:
        argv = [*_pip(), "install", "--quiet", "--no-deps", "--disable-pip-version-check"]
        argv += ["--force-reinstall"] if anew else []
        argv += ["--no-input", "-r"]
    argv += [str(lock), "--require-hashes", "--only-binary", ":all:"]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise _install_problem(done.stdout + done.stderr, lock)


def _pip() -> list[str]:
    inside = subprocess.run([INTERPRETER, "-c", "import pip"], capture_output=True, check=False).returncode
    if inside == 0:
        return [str(INTERPRETER), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(INTERPRETER)]


def _install_problem(said: str, lock: Path) -> Problem:
    """Turn the installer's words into one sentence and a way on."""
    low = said.lower()
    if "no space left" in low or "disk quota" in low:
        return Problem(
            f"The disk that holds {places.VENV} is full.",
            "Free about 1 GB and run the same command again; it goes on where it stopped.",
        )
    if "hash" in low and ("mismatch" in low or "do not match" in low):
        return Problem(
            f"A package does not have the hash that {lock.name} names: {_last_line(said)}",
            "Do not go on with it. Check your package index; clear its cache and try again.",
        )
    if any(word in low for word in ("connection", "resolve host", "dns error", "timed out")):
        return Problem(
            "The package index cannot be reached: " + _last_line(said),
            "Check the network and run the same command again; it goes on where it stopped.",
        )
    return Problem(
        "Installing the packages failed: " + _last_line(said),
        "Run the same command again; if it fails the same way, remove .venv first.",
    )


def _last_line(text: str) -> str:
    rows = [row.strip() for row in text.splitlines() if row.strip()]
    errors = [row for row in rows if "error" in row.lower()]
    return (errors or rows or ["no reason given"])[-1][:300]
