"""A small DNS server on loopback: says exactly what a test wrote down, or nothing at all."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class Names:
    """``records`` maps (name, type) to values in zone form; names in ``silent`` get no answer at all."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.silent: set[str] = set()
        self.failing: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._socket.getsockname()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def setting(self) -> tuple[tuple[str, int], ...]:
        """What TEREM_DNS is read into."""
        return (self.address,)

    def say(self, name: str, kind: str, *values: str) -> None:
        """From now on a name has these records of a type; none: the name is not known."""
        if values:
            self.records[name, kind] = list(values)
        else:
            self.records.pop((name, kind), None)

    def prove(self, domain: Any, edge: str = "") -> None:
        """Set the record of proof of a claim, and with ``edge`` the way there."""
        from tenants.domains import naming

        self.say(naming.proof_name(domain.host), "TXT", f'"{naming.proof_value(domain.token)}"')
        if edge:
            self.say(domain.host, "CNAME", f"{edge}.")

    def stop(self) -> None:
        """End the server."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                wire, sender = self._socket.recvfrom(4096)
            except OSError:
                return
            if not wire:  # The socket was shut.
                return
            answer = self._answer(wire)
            if answer is not None:
                with suppress(OSError):
                    self._socket.sendto(answer, sender)

    def _answer(self, wire: bytes) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = str(question.name).rstrip(".").lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if name in self.silent:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if name in self.failing:
            response.set_rcode(dns.rcode.SERVFAIL)
            return response.to_wire()
        values = self.records.get((name, kind))
        if values:
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *values))
        elif not any(known == name for known, _kind in self.records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()


@contextmanager
def running() -> Iterator[Names]:
    """A server that knows no name yet."""
    names = Names()
    try:
        yield names
    finally:
        names.stop()
