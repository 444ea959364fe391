"""The systemd units, read and carried out where no systemd runs: a small imitation for tests.

It starts exactly the ``ExecStart`` lines with the unit's user, environment, folders and capabilities, on
a read-only system with a ``/tmp`` of their own; it waits for ``ExecStartPost``, runs ``ExecStop`` before
SIGTERM, kills after ``TimeoutStopSec``, and starts again what ends by itself. It has no control groups
and no system call filter: limits of memory and tasks and ``SystemCallFilter`` are checked as text only
(``tests/deploy/test_units.py``), never enforced here.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DRAFTS = Path(__file__).resolve().parents[2] / "deploy" / "server" / "units"
_UNIT_HOME = Path("etc/systemd/system")

# Run in a mount namespace of its own: a system that can be read, folders that can be written, a /tmp of its own.
_BOX = """\
set -e
root=$1; writable=$2; hidden=$3; shift 3
mount --make-rprivate /
mount --rbind "$root" "$root"
mount -o remount,bind,ro "$root"
for folder in $writable; do
    mount --bind "$root$folder" "$root$folder"
    mount -o remount,bind,rw "$root$folder"
done
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=1777 tmpfs "$root/var/tmp"
for folder in $hidden; do
    if [ -d "$root$folder" ]; then mount -t tmpfs -o mode=0000 tmpfs "$root$folder"; fi
done
exec chroot "$root" "$@"
"""


def sections(path: Path) -> dict[str, list[tuple[str, str]]]:
    """The assignments of one unit file by section, in their order."""
    found: dict[str, list[tuple[str, str]]] = {}
    here: list[tuple[str, str]] = []
    for raw in path.read_text("utf-8").replace("\\\n", " ").splitlines():
        row = raw.strip()
        if not row or row[0] in "#;":
            continue
        if row.startswith("["):
            here = found.setdefault(row.strip("[]"), [])
            continue
        name, _sign, value = row.partition("=")
        here.append((name.strip(), value.strip()))
    return found


@dataclass
class Unit:
    """A unit with everything that its drop-ins add; an empty assignment begins a list anew."""

    name: str
    values: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str, folder: Path = DRAFTS) -> Unit:
        """``name`` with its instance: terem-web@8001.service."""
        stem, _dot, kind = name.rpartition(".")
        prefix, at, _instance = stem.partition("@")
        main = f"{prefix}{at}.{kind}"
        unit = cls(name)
        unit._take(folder / main)
        # systemd reads drop-ins of the whole name and of every prefix that ends with a dash.
        shorter = [f"{prefix[: place + 1]}.{kind}.d" for place, sign in enumerate(prefix) if sign == "-"]
        for drop_in in (*shorter, f"{main}.d"):
            for path in sorted((folder / drop_in).glob("*.conf")):
                unit._take(path)
        return unit

    def _take(self, path: Path) -> None:
        for section, rows in sections(path).items():
            known = self.values.setdefault(section, {})
            for name, value in rows:
                if not value:
                    known[name] = []
                else:
                    known.setdefault(name, []).append(value.replace("%i", self.instance))

    @property
    def instance(self) -> str:
        return self.name.rpartition(".")[0].partition("@")[2]

    def all(self, name: str, section: str = "Service") -> list[str]:
        """Every value of a list."""
        return self.values.get(section, {}).get(name, [])

    def one(self, name: str, otherwise: str = "", section: str = "Service") -> str:
        """The last value."""
        found = self.all(name, section)
        return found[-1] if found else otherwise

    def seconds(self, name: str, otherwise: float) -> float:
        return float(self.one(name, str(otherwise)))


@dataclass
class Running:
    """One started unit."""

    unit: Unit
    process: subprocess.Popen[bytes]
    ending: bool = False


class Runner:
    """The units of a system root; answers its ``systemctl`` on a socket."""

    def __init__(self, root: Path, log: Path) -> None:
        self.root, self.log = root, log
        self.running: dict[str, Running] = {}
        self.restarts: list[str] = []
        self._lock = threading.RLock()
        self._socket = socket.socket(socket.AF_UNIX)
        address = root / "run" / "units.sock"
        address.unlink(missing_ok=True)
        self._socket.bind(str(address))
        self._socket.listen(8)
        threading.Thread(target=self._serve, daemon=True).start()
        self._place_systemctl()

    def _place_systemctl(self) -> None:
        program = self.root / "usr/local/bin/systemctl"
        program.write_text(_SYSTEMCTL, "utf-8")
        program.chmod(0o755)

    def _serve(self) -> None:
        while True:
            line, _address = self._socket.accept()
            threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with line, line.makefile("rw") as talk:
            arguments = [word for word in json.loads(talk.readline()) if not word.startswith("-")]
            try:
                said = self.obey(arguments)
            except Exception as trouble:
                said = f"{type(trouble).__name__}: {trouble}"
            talk.write(json.dumps(said))

    def obey(self, arguments: list[str]) -> str:
        """Carry out one command; empty when it went well."""
        verb, *names = arguments
        for name in names:
            if name.endswith(".target") or verb in ("enable", "disable"):
                self._demand(name)
            elif verb == "start" and name not in self.running:
                self.start(name)
            elif verb == "restart":
                self.stop(name)
                self.start(name)
            elif verb == "reload-or-restart":
                self.reload(name)
            elif verb == "stop":
                self.stop(name)
        return ""

    def _demand(self, name: str) -> None:
        stem, _dot, kind = name.rpartition(".")
        prefix, at, _instance = stem.partition("@")
        assert (self.root / _UNIT_HOME / f"{prefix}{at}.{kind}").exists(), f"there is no unit {name}"

    def start(self, name: str) -> None:
        """Start a unit and wait until its ExecStartPost has ended well."""
        unit = Unit.read(name, self.root / _UNIT_HOME)
        found = Running(unit, self._spawn(unit, unit.one("ExecStart")))
        with self._lock:
            self.running[name] = found
        threading.Thread(target=self._look_after, args=(found,), daemon=True).start()
        for line in unit.all("ExecStartPost"):
            code = self._spawn(unit, line).wait(timeout=unit.seconds("TimeoutStartSec", 90))
            assert code == 0, f"{name}: ExecStartPost ended with {code}\n{self.words(name)}"

    def stop(self, name: str) -> None:
        """ExecStop, then SIGTERM to the main process, then SIGKILL to what is left of it."""
        with self._lock:
            found = self.running.pop(name, None)
        if found is None:
            return
        found.ending = True
        unit = found.unit
        for line in unit.all("ExecStop"):
            self._spawn(unit, line).wait(timeout=unit.seconds("TimeoutStopSec", 90))
        _signal(found.process.pid, signal.SIGTERM, alone=True)
        try:
            found.process.wait(timeout=unit.seconds("TimeoutStopSec", 90))
        except subprocess.TimeoutExpired:
            self.restarts.append(f"{name}: killed after {unit.one('TimeoutStopSec')} s")
        _signal(found.process.pid, signal.SIGKILL)
        found.process.wait()
        for folder in unit.all("RuntimeDirectory"):
            shutil.rmtree(self.root / "run" / folder, ignore_errors=True)

    def reload(self, name: str) -> None:
        """ExecReload of what runs; start what does not."""
        found = self.running.get(name)
        if found is None:
            self.start(name)
            return
        for line in found.unit.all("ExecReload"):
            code = self._spawn(found.unit, line).wait(timeout=60)
            assert code == 0, f"{name}: ExecReload ended with {code}\n{self.words(name)}"

    def stop_all(self) -> None:
        """End everything that runs."""
        for name in list(self.running):
            self.stop(name)

    def words(self, name: str) -> str:
        """What a unit said last."""
        path = self.log / f"{name}.log"
        return path.read_text("utf-8", "replace")[-3000:] if path.exists() else ""

    def _look_after(self, found: Running) -> None:
        """Restart=always, for as long as nobody wants it to end."""
        while True:
            found.process.wait()
            if found.ending or found.unit.one("Restart") != "always":
                return
            _signal(found.process.pid, signal.SIGKILL)
            self.restarts.append(f"{found.unit.name}: ended with {found.process.returncode}")
            time.sleep(found.unit.seconds("RestartSec", 0.1))
            if found.ending:
                return
            found.process = self._spawn(found.unit, found.unit.one("ExecStart"))

    def _spawn(self, unit: Unit, line: str) -> subprocess.Popen[bytes]:
        account = _account(self.root, unit.one("User", "root"))
        writable = self._folders(unit, account)
        hidden = [path.removeprefix("-") for path in unit.all("InaccessiblePaths")]
        box = ["unshare", "--mount", "--", "/bin/sh", "-c", _BOX, "box", str(self.root)]
        box += [" ".join(writable), " ".join(hidden)]
        with open(self.log / f"{unit.name}.log", "ab") as log:
            return subprocess.Popen(
                [*box, *_as(unit, account), *line.split()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=self._environment(unit, account),
                start_new_session=True,
            )

    def _folders(self, unit: Unit, account: pwd.struct_passwd) -> list[str]:
        """Make RuntimeDirectory and StateDirectory; the folders that the unit may write."""
        found = [path.removeprefix("-") for path in unit.all("ReadWritePaths")]
        for kind, home in (("RuntimeDirectory", "/run"), ("StateDirectory", "/var/lib")):
            for name in unit.all(kind):
                folder = self.root / home.lstrip("/") / name
                folder.mkdir(parents=True, exist_ok=True)
                os.chown(folder, account.pw_uid, account.pw_gid)
                folder.chmod(int(unit.one(f"{kind}Mode", "0755"), 8))
                found.append(f"{home}/{name}")
        return found

    def _environment(self, unit: Unit, account: pwd.struct_passwd) -> dict[str, str]:
        found = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "HOME": account.pw_dir,
            "USER": account.pw_name,
            "LOGNAME": account.pw_name,
        }
        for kind, home in (("RUNTIME", "/run"), ("STATE", "/var/lib")):
            names = unit.all(f"{kind.title()}Directory")
            if names:
                found[f"{kind}_DIRECTORY"] = ":".join(f"{home}/{name}" for name in names)
        for row in unit.all("Environment"):
            name, _sign, value = row.partition("=")
            found[name] = value
        for path in unit.all("EnvironmentFile"):
            for row in (self.root / path.lstrip("/")).read_text("utf-8").splitlines():
                if row.strip() and row.strip()[0] not in "#;":
                    name, _sign, value = row.partition("=")
                    found[name.strip()] = value.strip()
        return found


def _as(unit: Unit, account: pwd.struct_passwd) -> list[str]:
    """The unit's user and capabilities, by setpriv; nothing can be won back."""
    bounding = unit.all("CapabilityBoundingSet") or ["-all"]
    kept = [word.removeprefix("CAP_").lower() for row in bounding for word in row.split() if word != "-all"]
    ambient = [
        word.removeprefix("CAP_").lower() for row in unit.all("AmbientCapabilities") for word in row.split()
    ]
    argv = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    argv += ["--bounding-set=" + ",".join(["-all", *(f"+{name}" for name in kept)])]
    argv += ["--inh-caps=" + ",".join(["-all", *(f"+{name}" for name in ambient)])]
    if ambient:
        argv += ["--ambient-caps=" + ",".join(f"+{name}" for name in ambient)]
    argv += ["--no-new-privs"] if unit.one("NoNewPrivileges") == "yes" else []
    umask = unit.one("UMask", "0022")
    return ["/bin/sh", "-c", f'umask {umask}; exec "$@"', "as", *argv]


def _account(root: Path, name: str) -> Any:
    """An account of the root, not of this machine."""
    for row in (root / "etc/passwd").read_text("utf-8").splitlines():
        parts = row.split(":")
        if parts[0] == name:
            return pwd.struct_passwd((*parts[:2], int(parts[2]), int(parts[3]), *parts[4:7]))
    raise AssertionError(f"there is no account {name}")


def _signal(pid: int, number: int, *, alone: bool = False) -> None:
    try:
        if alone:
            os.kill(pid, number)
        else:
            os.killpg(pid, number)
    except ProcessLookupError:
        pass


_SYSTEMCTL = """\
#!/usr/bin/python3
import json, socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect("/run/units.sock")
with line.makefile("rw") as talk:
    talk.write(json.dumps(sys.argv[1:]) + "\\n")
    talk.flush()
    said = json.loads(talk.read())
if said:
    sys.exit(said)
"""
