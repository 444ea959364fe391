"""A process in a root of its own, walled in as a container engine does it; root's rights and Linux are enough.

Each has its own layer over the shared root (overlay), its own processes, names and network, only the folders,
capabilities and account that it was given, and may be asked from inside. Memory is measured, not limited.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.imagebuild import inside

_BOX = """\
set -e
read -r go
layers=$1 root=$2 options=$3 name=$4
shift 4
echo "$name" > /proc/sys/kernel/hostname
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$root,upperdir=$layers/upper,workdir=$layers/work" "$layers/root"
cd "$layers/root"
if [ -n "$options" ]; then mount -o "remount,$options" .; fi
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs dev
for name in null zero full random urandom tty; do touch "dev/$name"; mount --bind "/dev/$name" "dev/$name"; done
mkdir dev/shm dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s /proc/self/fd dev/fd; ln -s /proc/self/fd/1 dev/stdout; ln -s /proc/self/fd/2 dev/stderr
while [ "$1" != -- ]; do
    case $1 in
        tmpfs) mount -t tmpfs -o "$3" tmpfs ".$2" ;;
        bind) mount --bind "$3" ".$2"; if [ "$4" = ro ]; then mount -o remount,bind,ro ".$2"; fi; shift ;;
    esac
    shift 3
done
shift
exec chroot . "$@"
"""


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder or file of the host at a place of the container."""

    source: Path
    target: str
    read_only: bool = False


@dataclass(slots=True)
class Spec:
    """What is run and what it is given. ``capabilities`` by their names without CAP_."""

    name: str
    root: Path
    argv: list[str]
    env: dict[str, str]
    user: str = "0:0"
    work: str = "/"
    read_only: bool = False
    init: bool = False
    tmpfs: dict[str, str] = field(default_factory=dict)
    mounts: list[Mount] = field(default_factory=list)
    capabilities: list[str] = field(default_factory=list)
    stop: str = "SIGTERM"


class Container:
    """One that runs; ended with ``stop``."""

    def __init__(self, spec: Spec, folder: Path, init: Path) -> None:
        self.spec = spec
        self.layers = folder / spec.name
        for name in ("upper", "work", "root"):
            (self.layers / name).mkdir(parents=True)
        (self.layers / "upper").chmod(0o755)
        self.log = self.layers / "log"
        if spec.init:
            spec.mounts.append(Mount(init, "/sbin/docker-init", True))
        self.made = self._places()
        box = ["unshare", "--mount", "--pid", "--uts", "--ipc", "--net", "--fork", "--kill-child"]
        words = [
            str(self.layers),
            str(spec.root),
            "ro" if spec.read_only else "",
            spec.name,
            *self._words(),
            "--",
        ]
        with open(self.log, "wb") as log:
            self.outer = subprocess.Popen(
                [*box, "/bin/sh", "-c", _BOX, "box", *words, *self._command()],
                stdin=subprocess.PIPE, stdout=log, stderr=log, env=spec.env, start_new_session=True,
            )  # fmt: skip
        self.first = self._first()

    def go(self) -> None:
        """Let the command begin: its network stands."""
        assert self.outer.stdin is not None
        self.outer.stdin.write(b"go\n")
        self.outer.stdin.close()

    def _places(self) -> set[str]:
        """Make the places of mounts that the root has not, as an engine does; their names."""
        made: set[str] = set()
        for target, is_file in [
            *((path, False) for path in self.spec.tmpfs),
            *((mount.target, mount.source.is_file()) for mount in self.spec.mounts),
        ]:
            if inside(self.spec.root, target).exists():
                continue
            real = self._real(target).lstrip("/")
            place = self.layers / "upper" / real
            place.parent.mkdir(parents=True, exist_ok=True)
            made |= {real, *(str(above) for above in Path(real).parents)}
            place.touch() if is_file else place.mkdir(exist_ok=True)
        return made

    def _words(self) -> list[str]:
        """The mounts for the box, with the links of the root followed inside it."""
        words: list[str] = []
        for target, options in self.spec.tmpfs.items():
            words += ["tmpfs", self._real(target), options]
        for mount in self.spec.mounts:
            words += ["bind", self._real(mount.target), str(mount.source), "ro" if mount.read_only else "rw"]
        return words

    def _real(self, target: str) -> str:
        return "/" + str(inside(self.spec.root, target).relative_to(self.spec.root))

    def _walls(self) -> list[str]:
        uid, gid = self.spec.user.split(":")
        kept = "".join(f",+{name.lower()}" for name in self.spec.capabilities)
        return [
            "setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--no-new-privs",
            f"--bounding-set=-all{kept}", "--inh-caps=-all",
        ]  # fmt: skip

    def _command(self) -> list[str]:
        init = ["/sbin/docker-init", "--"] if self.spec.init else []
        go_there = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', self.spec.work]
        return [*self._walls(), *go_there, *init, *self.spec.argv]

    def _first(self) -> int:
        """The process identity, outside, of the first one inside."""
        children = Path(f"/proc/{self.outer.pid}/task/{self.outer.pid}/children")
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            if found := children.read_text().split():
                return int(found[0])
            time.sleep(0.02)
        raise AssertionError(f"{self.spec.name} did not start: {self.words()}")

    def ask(self, argv: list[str], seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command inside, as the container's account and behind its walls."""
        enter = ["nsenter", f"--target={self.first}", "--mount", "--pid", "--uts", "--ipc", "--net", "--root"]
        return subprocess.run(
            [*enter, f"--wd=/proc/{self.first}/root", "--", *self._walls(), "/bin/sh", "-c", 'cd "$0" && exec "$@"', self.spec.work, *argv],
            env=self.spec.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False, timeout=seconds,
        )  # fmt: skip

    @property
    def running(self) -> bool:
        return self.outer.poll() is None

    def ended(self, seconds: float) -> int:
        """Wait for its end; its exit code."""
        return self.outer.wait(timeout=seconds)

    def members(self) -> list[int]:
        """Every process of the container, by its identity outside."""
        here = os.readlink(f"/proc/{self.first}/ns/pid")
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and os.readlink(entry / "ns/pid") == here:
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def memory(self) -> int:
        """Bytes that its processes hold, shared pages by parts."""
        total = 0
        for process in self.members():
            try:
                rows = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
            except OSError:
                continue
            total += sum(int(row.split()[1]) * 1024 for row in rows if row.startswith("Pss:"))
        return total

    def walls(self) -> list[dict[str, str]]:
        """What the kernel says of every process in it."""
        found = []
        for process in self.members():
            try:
                status = Path(f"/proc/{process}/status").read_text()
            except OSError:
                continue
            kept = {row.partition(":")[0]: row.partition(":")[2].strip() for row in status.splitlines()}
            found.append(
                {name: kept[name] for name in ("Name", "Uid", "Gid", "NoNewPrivs", "CapEff", "CapBnd")}
            )
        return found

    def written(self) -> list[str]:
        """What its own layer holds beyond the places of mounts: under a read-only root nothing."""
        top = self.layers / "upper"
        return sorted(
            str(path.relative_to(top))
            for path in top.rglob("*")
            if str(path.relative_to(top)) not in self.made
        )

    def stop(self, seconds: float) -> tuple[int, float]:
        """Its stop signal, and the end of everything after its patience; exit code and seconds taken."""
        began = time.monotonic()
        if self.running:
            os.kill(self.first, getattr(signal, self.spec.stop))
        try:
            code = self.outer.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            code = -9
        return code, round(time.monotonic() - began, 1)

    def kill(self) -> None:
        """End everything in it now."""
        if self.running:
            self.outer.send_signal(signal.SIGKILL)
            self.outer.wait()

    def words(self) -> str:
        """What it said, from the start."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def remove(self) -> None:
        """Its layer and its words."""
        shutil.rmtree(self.layers, ignore_errors=True)
