"""What a server lacks before Terem can serve there, in words: asked by `install` beforehand, and by `terem-manage status`.

A trouble keeps Terem from running; a hint does not, but somebody should know it: letters or certificates would not come.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from deploy.server import redis

_GIB = 1 << 30
_MEMORY_NEEDED, _MEMORY_WANTED = 1.5, 3.5  # GiB; what is measured stands in the README
_DISK_NEEDED, _DISK_WANTED = 2.0, 10.0  # GiB
_SECONDS = 6


@dataclass(frozen=True)
class Finding:
    """A sentence, and a way on."""

    what: str
    way_on: str
    keeps_from_running: bool = False


def trouble(what: str, way_on: str) -> Finding:
    return Finding(what, way_on, keeps_from_running=True)


def machine(folders: tuple[Path, ...]) -> Iterator[Finding]:
    """Memory, and the room on the disks of these folders."""
    memory = _memory()
    if memory < _MEMORY_NEEDED:
        yield trouble(
            f"This machine has {memory:.1f} GiB of memory; Terem's processes alone need {_MEMORY_NEEDED} GiB.",
            f"Take a machine with at least {_MEMORY_WANTED:.0f} GiB.",
        )
    elif memory < _MEMORY_WANTED:
        yield Finding(
            f"This machine has {memory:.1f} GiB of memory: that is tight, and too little with PostgreSQL beside it.",
            "4 GiB are a good beginning. Add memory, or let PostgreSQL run elsewhere (--database).",
        )
    disks = {os.stat(there := _existing(folder)).st_dev: there for folder in folders}
    for folder in disks.values():
        free = shutil.disk_usage(folder).free / _GIB
        if free < _DISK_NEEDED:
            yield trouble(
                f"Only {free:.1f} GiB are free on the disk of {folder}.",
                f"Make room for at least {_DISK_NEEDED:.0f} GiB; a release takes half a GiB and up to five are kept.",
            )
        elif free < _DISK_WANTED:
            yield Finding(
                f"{free:.1f} GiB are free on the disk of {folder}: enough to begin.",
                "Companies' files and backups grow there. Have 10 GiB or more, or keep backups in a bucket.",
            )


def _memory() -> float:
    """The machine's memory in GiB."""
    rows = Path("/proc/meminfo").read_text("utf-8").splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("MemTotal:")) * 1024 / _GIB


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def ports(wanted: list[tuple[str, int]]) -> Iterator[Finding]:
    """Ports that somebody else listens on."""
    for address, port in wanted:
        if _is_taken(address, port):
            holder = _holder(port)
            who = f"by {holder}" if holder else "by another program"
            yield trouble(
                f"Port {port} of {address} is in use {who}.",
                f"End it (see: ss -ltnp 'sport = :{port}'), or choose other ports (--https, --http, --bind).",
            )


def _is_taken(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((address, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


def _holder(port: int) -> str:
    """The name of the program that listens on this port, if it can be known."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for row in Path(table).read_text("utf-8").splitlines()[1:]:
                parts = row.split()
                if parts[3] == "0A" and int(parts[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{parts[9]}]")
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if os.readlink(link) in inodes:
                return (link.parents[1] / "comm").read_text("utf-8").strip()
    return ""


def names(domain: str, edge: str) -> Iterator[Finding]:
    """The three names that must lead here: the platform's, every one below it, the edge's."""
    own = _own_addresses()
    any_name = f"n{secrets.token_hex(3)}.{domain}"
    found = {
        said: _addresses(name) for name, said in ((domain, domain), (any_name, f"*.{domain}"), (edge, edge))
    }
    nowhere = [said for said, addresses in found.items() if not addresses]
    if nowhere:
        yield Finding(
            f"These names lead nowhere: {', '.join(nowhere)}.",
            "Make a DNS record for each that names this server's address; without it no browser comes here"
            " and no certificate is given. It may be made later.",
        )
    for said, addresses in found.items():
        if addresses and not addresses & own:
            yield Finding(
                f"The name {said} leads to {', '.join(sorted(addresses))}, which is no address of this machine.",
                "Right if a router passes ports 80 and 443 on to it; else correct the record.",
            )


def _addresses(name: str) -> set[str]:
    try:
        return {str(row[4][0]) for row in socket.getaddrinfo(name, 443, type=socket.SOCK_STREAM)}
    except OSError:
        return set()


def _own_addresses() -> set[str]:
    """The addresses by which this machine goes out, and those of its own name."""
    found = _addresses(socket.gethostname()) | {"127.0.0.1", "::1"}
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        # Nothing is sent: the kernel only chooses the address that it would send from.
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as line:
            line.connect((far, 9))
            found.add(line.getsockname()[0])
    return found


def mail(address: str) -> Iterator[Finding]:
    """Whether the mail server takes us in. No letter is sent."""
    parts = urlsplit(address)
    if parts.scheme == "file":
        yield Finding(
            f"Letters are put into {parts.path} and reach nobody.",
            "People cannot confirm their address. Set TEREM_MAIL=smtp://user:password@host:587 in terem.env.",
        )
        return
    port = parts.port or 587
    try:
        _greet(
            parts.scheme,
            parts.hostname or "",
            port,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )
    except smtplib.SMTPAuthenticationError:
        yield Finding(
            f"The mail server {parts.hostname} refuses this name and password.",
            "Correct TEREM_MAIL in terem.env (in a password, @ is written %40, : %3A, / %2F).",
        )
    except (OSError, smtplib.SMTPException, ValueError) as error:
        yield Finding(
            f"The mail server {parts.hostname}, port {port}, does not take us in: {error}.",
            "Without letters nobody can sign up. Many hosters close port 25: use 587, and correct TEREM_MAIL in terem.env.",
        )


def _greet(scheme: str, host: str, port: int, user: str, password: str) -> None:
    context = ssl.create_default_context()
    line = (
        smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
        if scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=_SECONDS)
    )
    with line:
        if scheme == "smtp" and user:
            line.starttls(context=context)
        if user:
            line.login(user, password)


def database(place: str) -> Iterator[Finding]:
    """Whether something listens where the database should be (``HOST:PORT/NAME``)."""
    host, _colon, port = place.partition("/")[0].rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS).close()
    except (OSError, ValueError) as error:
        yield trouble(
            f"Nothing answers at {host}:{port}, where PostgreSQL should be: {error}.",
            "Install and start PostgreSQL 18 (systemctl status postgresql), or say where it is: --database HOST:PORT/NAME.",
        )


def queue(address: str) -> Iterator[Finding]:
    """Redis: whether it takes us in, how old it is, and whether it would throw work away."""
    try:
        found = redis.facts(address, _SECONDS)
    except redis.Refused as error:
        yield trouble(
            f"Redis refuses us: {error}.",
            "Give its password: --redis redis://:password@host:6379/0 (in Redis' own file: requirepass).",
        )
        return
    except (OSError, ValueError) as error:
        yield trouble(
            f"Redis does not answer at {urlsplit(address).hostname}: {error}.",
            "Install and start it (apt-get install redis-server), or say where it is: --redis.",
        )
        return
    if found.version < (6, 2):
        yield trouble("This Redis is older than 6.2.", "Install a newer one, or Valkey.")
    if found.policy not in ("noeviction", ""):
        yield Finding(
            f"Redis throws keys away when it is full (maxmemory-policy {found.policy}).",
            "Set maxmemory-policy noeviction in its file and restart it.",
        )
    if not urlsplit(address).password:
        yield Finding(
            "Redis has no password: every account of this machine may write to it.",
            "Set requirepass in its file, restart it, and put the password into TEREM_REDIS.",
        )
