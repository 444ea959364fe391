"""Slow clients: hundreds of lines that send a byte a second, or read a byte a second, for as long as they are let.

One thread serves them all, so that they cost the machine next to nothing: what is slow is the client.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from dataclasses import dataclass

from tests.failure.harness.standing import Standing

_HEAD = "{method} {path} HTTP/1.1\r\nHost: {host}\r\n"


@dataclass
class Client:
    """One line; what it has still to send. With ``reads`` it has sent everything and takes a byte a second."""

    line: socket.socket
    rest: bytes
    reads: bool
    over: bool = False


class Crowd(threading.Thread):
    """``count`` strangers at the edge, a third each: a form drips in, a head drips in, a large file is sipped."""

    def __init__(self, standing: Standing, count: int) -> None:
        super().__init__(daemon=True)
        self.standing, self.ended = standing, threading.Event()
        static = standing.folder / "static"
        large = max(static.rglob("*.js"), key=lambda path: path.stat().st_size)
        self.file = f"/static/{large.relative_to(static)}"
        self.clients = [self._make(number % 3) for number in range(count)]

    def _make(self, kind: int) -> Client:
        line = self.standing.caddy.shake_hands("localhost")
        host = f"localhost:{self.standing.caddy.https}"
        if kind == 0:
            head = _HEAD.format(method="POST", path="/signup/", host=host)
            head += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 4000\r\n\r\n"
            line.sendall(head.encode())
            return Client(line, b"a" * 4000, reads=False)
        if kind == 1:
            return Client(line, _HEAD.format(method="GET", path="/signup/", host=host).encode(), reads=False)
        # As little as can be waits in between: the answer has to wait for its reader.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
        line.sendall((_HEAD.format(method="GET", path=self.file, host=host) + "\r\n").encode())
        return Client(line, b"", reads=True)

    def run(self) -> None:
        while not self.ended.wait(1):
            for client in self.clients:
                if not client.over:
                    self._drip(client)
        for client in self.clients:
            client.line.close()

    def _drip(self, client: Client) -> None:
        try:
            client.line.settimeout(0.005)
            if client.reads:
                client.over = client.line.recv(1) == b""
            elif client.rest:
                client.line.sendall(client.rest[:1])
                client.rest = client.rest[1:]
        except (TimeoutError, ssl.SSLWantReadError):
            return
        except OSError:
            client.over = True

    @property
    def there(self) -> int:
        """How many of them still hold a line."""
        return sum(not client.over for client in self.clients)


def held(standing: Standing, count: int, seconds: float) -> int:
    """Slow clients for so long; how many were still there at the end."""
    crowd = Crowd(standing, count)
    crowd.start()
    time.sleep(seconds)
    there = crowd.there
    crowd.ended.set()
    crowd.join(timeout=30)
    return there
