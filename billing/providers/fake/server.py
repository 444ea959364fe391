"""The demonstration server itself: threads of the standard library on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from billing.providers.fake import endpoints, pages
from billing.providers.fake.post import Post
from billing.providers.fake.world import World

LOOPBACK = "127.0.0.1"


class Fake:
    """A running server. ``world`` is what it knows, ``post`` its deliveries, ``address`` where it listens."""

    def __init__(
        self,
        *,
        key: str,
        port: int = 0,
        post: Post | None = None,
        clock: Callable[[], int] | None = None,
        file: Path | None = None,
    ) -> None:
        self.key = key
        self.world = World(clock, file)
        self.post = post
        if post is not None:
            self.world.listeners.append(post)
        self.seen: list[tuple[str, str, str, int, dict[str, object]]] = []
        self.watch = False
        self._server = ThreadingHTTPServer((LOOPBACK, port), type("Bound", (Answering,), {"fake": self}))
        self._server.daemon_threads = True
        self.address = f"http://{LOOPBACK}:{self._server.server_port}"

    def start(self) -> Fake:
        """Serve from a thread of its own."""
        threading.Thread(target=self.serve, name="payments", daemon=True).start()
        return self

    def serve(self) -> None:
        """Serve until ``stop``."""
        self._server.serve_forever(poll_interval=0.1)

    def stop(self) -> None:
        if self.post is not None:
            self.post.stop()
        self._server.shutdown()
        self._server.server_close()


class Answering(BaseHTTPRequestHandler):
    """One request. Names are the library's."""

    fake: Fake

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._take("GET")

    def do_POST(self) -> None:
        self._take("POST")

    def do_DELETE(self) -> None:
        self._take("DELETE")

    def _take(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        parts = urlsplit(self.path)
        if parts.path.startswith("/v1/"):
            self._api(method, parts.path, body if method == "POST" else parts.query)
        else:
            form = dict(parse_qsl(body, keep_blank_values=True))
            status, text, to = pages.show(self.fake, method, parts.path, form | dict(parse_qsl(parts.query)))
            self._send(status, text.encode(), "text/html; charset=utf-8", to)

    def _api(self, method: str, path: str, body: str) -> None:
        if self.headers.get("Authorization") != f"Bearer {self.fake.key}":
            found: tuple[int, dict[str, object]] = (
                401,
                {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided."}},
            )
        else:
            found = endpoints.answer(
                self.fake.world, method, path, body, self.headers.get("Idempotency-Key"), self.fake.address
            )
        if self.fake.watch:
            self.fake.seen.append((method, path, body, *found))
        self._send(found[0], json.dumps(found[1]).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str, to: str = "") -> None:
        self.send_response_only(status)
        # The server's own time: whoever asks can tell older news from newer.
        self.send_header("Date", formatdate(self.fake.world.now(), usegmt=True))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Request-Id", "req_demonstration")
        if to:
            self.send_header("Location", to)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silence: the page of deliveries shows what matters."""
