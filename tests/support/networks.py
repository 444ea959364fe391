"""Compose's networks as bridges of the kernel: each service reaches by name whom it shares a network with, nobody else.

For a process that has a network namespace of its own; everything ends with it. No bridge leads out of it.
"""

from __future__ import annotations

import subprocess
from typing import Any

from tests.support.containers import Container


class Networks:
    """Bridges and addresses for the services of a compose file."""

    def __init__(self, compose: dict[str, Any]) -> None:
        self.numbers = {name: number for number, name in enumerate(sorted(compose["networks"]), 1)}
        self.members: dict[str, list[str]] = {}
        self.places = {name: place for place, name in enumerate(sorted(compose["services"]), 2)}
        for name, service in compose["services"].items():
            alone = service.get("network_mode") == "none"
            self.members[name] = [] if alone else sorted(service.get("networks", []))
        _ip("link", "set", "lo", "up")
        for name, number in self.numbers.items():
            _ip("link", "add", f"br-{name}", "type", "bridge")
            _ip("address", "add", f"10.88.{number}.1/24", "dev", f"br-{name}")
            _ip("link", "set", f"br-{name}", "up")

    def address(self, service: str, network: str) -> str:
        """Where a service is in a network."""
        return f"10.88.{self.numbers[network]}.{self.places[service]}"

    def hosts(self, service: str) -> str:
        """The names that a service knows."""
        rows = ["127.0.0.1 localhost"]
        for network in self.members[service]:
            rows += [
                f"{self.address(other, network)} {other}"
                for other, networks in self.members.items()
                if network in networks
            ]
        return "\n".join(rows) + "\n"

    def connect(self, service: str, container: Container) -> None:
        """Give a container its lines; it waits for that."""
        inside = ["nsenter", f"--target={container.first}", "--net", "ip"]
        subprocess.run([*inside, "link", "set", "lo", "up"], check=True)
        for count, network in enumerate(self.members[service]):
            outer, inner = f"v{self.numbers[network]}x{container.first}"[:15], f"eth{count}"
            _ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", str(container.first))
            _ip("link", "set", outer, "master", f"br-{network}", "up")
            # As an engine has it: the same address is the same card, also after a restart.
            card = f"02:42:0a:58:{self.numbers[network]:02x}:{self.places[service]:02x}"
            subprocess.run([*inside, "link", "set", inner, "address", card], check=True)
            address = f"{self.address(service, network)}/24"
            subprocess.run([*inside, "address", "add", address, "dev", inner], check=True)
            subprocess.run([*inside, "link", "set", inner, "up"], check=True)


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
