"""The machine that compose.yaml describes: its services as walled processes in the built image's root, without an engine."""

from __future__ import annotations

import base64
import json
import re
import secrets
import shutil
import time
from pathlib import Path
from typing import Any

from deploy.local import places
from tests.support import bases, compose
from tests.support.containers import Container, Mount, Spec
from tests.support.imagebuild import PATH
from tests.support.networks import Networks

DEPLOY = places.ROOT / "deploy"
DOMAIN = "terem.example"
_DATA = "/var/lib/postgresql/18/docker"
_ENTRYPOINT = """\
echo "$POSTGRES_PASSWORD" > /tmp/word
initdb -D "$PGDATA" -U postgres --pwfile=/tmp/word --auth-local=trust --auth-host=scram-sha-256 \\
    --encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C
rm /tmp/word
echo "listen_addresses = '*'" >> "$PGDATA/postgresql.conf"
echo "unix_socket_directories = '/var/run/postgresql,/tmp'" >> "$PGDATA/postgresql.conf"
echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
"""


def values() -> dict[str, str]:
    """compose.env.example, filled in."""
    given = compose.env_file((DEPLOY / "compose.env.example").read_text("utf-8"))
    for name, value in given.items():
        if re.search(r"PASSWORD|TOKEN|SECRET_KEY$", name) and not value:
            given[name] = secrets.token_hex(24)
    return given | {
        "TEREM_DOMAIN": DOMAIN,
        "TEREM_MASTER_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "TEREM_MAIL": "file:///storage/mail",
        "TEREM_MAIL_FROM": f"hello@{DOMAIN}",
        "TEREM_EDGE_ISSUER": "internal",
    }


class Machine:
    """The machine that compose would run on: its services by name, their volumes, and what was seen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.image: dict[str, Any] = json.loads((folder / "image.json").read_text("utf-8"))
        self.compose = compose.loaded(DEPLOY / "compose.yaml", values())
        self.services: dict[str, Any] = self.compose["services"]
        self.networks = Networks(self.compose)
        self.running: dict[str, Container] = {}
        self.report: dict[str, Any] = {"healthy_s": {}, "ended": {}, "memory_mb": {}, "stopped": {}}

    def is_ours(self, name: str) -> bool:
        """Whether the service is of the image that was built."""
        return str(self.services[name]["image"]).startswith("terem:")

    def spec(self, name: str) -> Spec:
        """What an engine would make of a service."""
        service = self.services[name]
        ours = self.is_ours(name)
        given = {key: str(value) for key, value in service.get("environment", {}).items()}
        base = self.image["env"] if ours else {"PATH": PATH}
        if name == "postgres":
            given |= {"PGDATA": _DATA}
        usual = self.image["user"] if ours else {"postgres": "999:999"}.get(name, "0:0")
        return Spec(
            name=name,
            root=self.folder / ("image" if ours else "outside"),
            argv=service.get("command") or self.image["command"],
            env=base | given,
            user=service.get("user", usual),
            work=self.image["work"] if ours else "/",
            read_only=service.get("read_only", False),
            init=service.get("init", False),
            tmpfs={row.partition(":")[0]: row.partition(":")[2] for row in service.get("tmpfs", [])},
            mounts=[*self._mounts(name), self._hosts(name)],
            capabilities=service.get("cap_add", []),
            stop="SIGINT" if name == "postgres" else self.image["stop"],
        )

    def _mounts(self, name: str) -> list[Mount]:
        found = []
        for row in self.services[name].get("volumes", []):
            source, target, *how = row.split(":")
            if source in self.compose["volumes"]:
                found.append(Mount(self._volume(name, source, target), target, "ro" in how))
            else:
                found.append(Mount((DEPLOY / source).resolve(), target, "ro" in how))
        return found

    def _volume(self, name: str, volume: str, target: str) -> Path:
        """A named volume; a new one takes over what the image has at its place, as the engine does it."""
        place = self.folder / "volumes" / volume
        if place.exists():
            return place
        place.mkdir(parents=True)
        place.chmod(0o755)
        like = self.folder / ("image" if self.is_ours(name) else "outside") / target.lstrip("/")
        if volume == "socket":  # Debian's /var/run is a link.
            like = self.folder / "outside/run/postgresql"
        if like.is_dir():
            shutil.copystat(like, place)
            shutil.chown(place, like.stat().st_uid, like.stat().st_gid)
        return place

    def _hosts(self, name: str) -> Mount:
        path = self.folder / f"hosts-{name}"
        path.write_text(self.networks.hosts(name), "utf-8")
        path.chmod(0o644)
        return Mount(path, "/etc/hosts", True)

    def start(self, name: str) -> Container:
        """Start a service once those it waits for are as far as it wants them."""
        for before, how in self.services[name].get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                self.healthy(before)
            elif before not in self.report["ended"]:
                self.report["ended"][before] = self.running[before].ended(300)
                assert self.report["ended"][before] == 0, f"{before}:\n{self.running[before].words()[-6000:]}"
        if name == "postgres":
            self._entrypoint()
        container = self.raw(self.spec(name))
        self.running[name] = container
        return container

    def raw(self, spec: Spec, network: str = "") -> Container:
        """Start what a spec says, in the networks of a service."""
        layers = self.folder / "layers"
        shutil.rmtree(layers / spec.name, ignore_errors=True)
        container = Container(spec, layers, self.folder / "outside/usr/bin/tini-static")
        self.networks.connect(network or spec.name, container)
        container.go()
        return container

    def _entrypoint(self) -> None:
        """What the database's image does before its first start."""
        data = self.folder / "volumes/database"
        if data.exists():
            return
        spec = self.spec("postgres")
        (data / "18/docker").mkdir(parents=True)
        for place in (data, data / "18", data / "18/docker"):
            shutil.chown(place, bases.POSTGRES, bases.POSTGRES)
        spec.name, spec.argv, spec.env["HOME"] = "entrypoint", ["/bin/sh", "-ec", _ENTRYPOINT], "/tmp"
        made = self.raw(spec, "postgres")
        assert made.ended(120) == 0, made.words()

    def healthy(self, name: str, most: float = 120) -> None:
        """Wait until the service's own question is answered well."""
        if name in self.report["healthy_s"]:
            return
        asked = compose.probe(self.services[name], self.image["probe"] if self.is_ours(name) else [])
        assert asked is not None, f"{name} is never asked"
        began = time.monotonic()
        container = self.running[name]
        said = ""
        while time.monotonic() - began < most:
            assert container.running, f"{name} ended:\n{container.words()[-6000:]}"
            done = container.ask(asked.argv)
            if done.returncode == 0:
                self.report["healthy_s"][name] = round(time.monotonic() - began, 1)
                return
            said = done.stdout
            time.sleep(0.5)
        raise AssertionError(f"{name} is not well after {most} s: {said}\n{container.words()[-6000:]}")

    def well(self, name: str, probe: list[str] | None = None) -> bool:
        """Ask a service now, by its own question or by another."""
        asked = compose.probe(self.services[name], self.image["probe"])
        assert asked is not None
        return self.running[name].ask(probe or asked.argv).returncode == 0
