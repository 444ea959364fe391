"""A scanner that speaks clamd's INSTREAM: what holds the mark is malware, what is too large gets no verdict."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

MARK = b"malware for tests"
MOST = 1 << 20


class _Line(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        order = self._exactly(len(b"zINSTREAM\0"))
        if order != b"zINSTREAM\0":
            self.request.sendall(b"UNKNOWN COMMAND\0")
            return
        body = b""
        while size := struct.unpack("!I", self._exactly(4))[0]:
            body += self._exactly(size)
            if len(body) > MOST:
                self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.server.seen.append(body)  # type: ignore[attr-defined]
        self.request.sendall(b"stream: Test.Malware FOUND\0" if MARK in body else b"stream: OK\0")

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            part = self.request.recv(size - len(found))
            if not part:
                raise ConnectionError
            found += part
        return found


class Scanner(socketserver.ThreadingTCPServer):
    """``seen`` holds every file that it was given whole."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.seen: list[bytes] = []

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, port = self.server_address[:2]
        return str(host), int(port)


@contextmanager
def running() -> Iterator[Scanner]:
    """A scanner for as long as the block lasts."""
    with Scanner() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
