"""A Debian in a folder, started by its own systemd in namespaces: a server for a test, without a kernel of its own.

systemd is process 1 of its own process, mount, host name and control group namespaces; the network is the
caller's (the caller has one of its own). Units run as on a host: accounts, sandboxes, system call filters,
sockets, restarts. What such a place lacks is said by ``controllers``: where the machine has given memory and
tasks to the older kind of control groups, their limits are read but not enforced.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from tests.support import debian

_START_SECONDS = 180
_STOP_SECONDS = 400
_BOOT = """\
set -e
root=$0
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for name in null zero full random urandom tty; do
    touch "$root/dev/$name"
    mount --bind "/dev/$name" "$root/dev/$name"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
hostname server
cd "$root"
pivot_root . mnt
exec chroot . /bin/sh -c 'umount -l /mnt; exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd'
"""


class Booted:
    """The running server; ended with ``stop``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._first = 0
        self._boot()

    def _boot(self) -> None:
        """Begin its systemd, and wait until that has started everything."""
        box = ["unshare", "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child"]
        self._outer = subprocess.Popen(
            [*box, "/bin/sh", "-c", _BOOT, str(self.root)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._wait()

    def reboot(self) -> None:
        """What ``reboot`` does on a host: everything is ended in order, and the machine begins anew by itself."""
        self.command("systemctl", "reboot")
        self._outer.wait(timeout=_STOP_SECONDS)
        self._boot()

    def _wait(self) -> None:
        """Until systemd has started what belongs to a server."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._outer.poll() is not None:
                assert self._outer.stderr is not None
                raise AssertionError(f"systemd did not start: {self._outer.stderr.read().decode()}")
            children = Path(f"/proc/{self._outer.pid}/task/{self._outer.pid}/children").read_text().split()
            if children:
                self._first = int(children[0])
                if self._state() in ("running", "degraded"):
                    return
            time.sleep(0.2)
        raise AssertionError(f"systemd is {self._state()} after {_START_SECONDS} s")

    def _state(self) -> str:
        asked = self.command("systemctl", "is-system-running")
        return asked.stdout.strip().splitlines()[-1] if asked.stdout.strip() else ""

    def command(self, *argv: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """A command on the server, as root; output and errors together."""
        inside = ["nsenter", f"--target={self._first}", "--mount", "--pid", "--uts", "--ipc", "--cgroup"]
        place = f"/proc/{self._first}/root"
        return subprocess.run(
            [*inside, f"--root={place}", f"--wd={place}", "--", *argv],
            env=debian.environment() | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/wheels"} | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def run(self, *argv: str, **variables: str) -> str:
        """A command that must go well; what it said."""
        done = self.command(*argv, **variables)
        assert done.returncode == 0, (
            f"{' '.join(argv[:2])} ended with {done.returncode}:\n{done.stdout[-6000:]}"
        )
        return done.stdout

    def show(self, unit: str, name: str) -> str:
        """A property of a unit as systemd knows it."""
        return self.run("systemctl", "show", unit, f"--property={name}", "--value").strip()

    def controllers(self) -> list[str]:
        """The control groups' controllers that are there."""
        return self.run("cat", "/sys/fs/cgroup/cgroup.controllers").split()

    def active(self, pattern: str) -> list[str]:
        """The units of that name that run."""
        rows = self.run(
            "systemctl", "list-units", "--no-legend", "--plain", "--state=active,activating", pattern
        )
        return sorted(row.split()[0] for row in rows.splitlines() if row.strip())

    def words(self) -> str:
        """What the server's journal holds of Terem."""
        return self.command("journalctl", "--no-pager", "--lines=150", "--unit=terem*").stdout

    def stop(self) -> None:
        """End it with everything that runs in it; nothing happens if it has ended."""
        if self._outer.poll() is None:
            os.kill(self._outer.pid, signal.SIGKILL)
            self._outer.wait()
