"""From nothing to serving: ``./terem up`` in a bare checkout, again with what is there, and the install on a server.

``up_cold_s`` counts from the command to the first ready answer, with packages from the index or pip's own
cache (``pip_cached`` says which); ``up_again_s`` is the next start. ``server_install_s`` is the installer in a
Debian of its own with wheels at hand, ``server_serving_s`` counts on to the first page over HTTPS, certificate made
meanwhile; ``server_again_s`` is the same command once more, ``server_back_s`` from ``reboot`` to a page again. These
need root and debootstrap; making the Debian itself is not counted. ``load`` is the machine's load average at the end.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from deploy.local import places
from deploy.local.servers import base_environment
from tests.deploy.test_server import journey, unpack
from tests.support import debian

_PATIENCE = 900


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--without-server", action="store_true", help="only ./terem up")
    parser.add_argument("--without-up", action="store_true", help="only the server")
    options = parser.parse_args()
    figures = {} if options.without_up else measure_up()
    if not options.without_server and debian.maker() is not None:
        figures |= measure_server()
    figures["load"] = round(os.getloadavg()[0], 1)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:24} {value}")


def measure_up() -> dict[str, Any]:
    """The launcher in a folder that holds nothing but the source."""
    with tempfile.TemporaryDirectory(prefix="terem-cold-") as name:
        folder = Path(name) / "terem"
        Path(name).chmod(0o755)
        unpack("HEAD", folder)
        cached = subprocess.run(
            [sys.executable, "-m", "pip", "cache", "info"], capture_output=True, text=True, check=False
        ).stdout
        return {
            "up_cold_s": up(folder),
            "up_again_s": up(folder),
            "pip_cached": "Number of HTTP files: 0" not in cached,
        }


def up(folder: Path) -> float:
    """Seconds from the command to the first ready answer; then it is stopped."""
    port = places.free_port()
    environment = {name: value for name, value in base_environment().items() if name != "PYTHONPATH"}
    began = time.monotonic()
    running = subprocess.Popen(
        [sys.executable, str(folder / "terem"), "up", "--port", str(port)],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not ready(port):
            if running.poll() is not None or time.monotonic() - began > _PATIENCE:
                raise SystemExit(f"./terem up did not come up (code {running.returncode}).")
            time.sleep(0.05)
        return round(time.monotonic() - began, 1)
    finally:
        if running.poll() is None:
            os.kill(running.pid, signal.SIGINT)
            running.wait(timeout=60)


def ready(port: int) -> bool:
    """Whether the product says that it is."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("GET", "/health/ready", headers={"Host": f"localhost:{port}"})
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def measure_server() -> dict[str, Any]:
    """The installer of deploy/server, its own way, and what it took."""
    with tempfile.TemporaryDirectory(prefix="terem-cold-") as name:
        Path(name).chmod(0o711)
        report = journey(Path(name), "--only-install")
    if "broke" in report:
        raise SystemExit(str(report["broke"]))
    return {
        "server_install_s": report["install_s"],
        "server_serving_s": report["serving_s"],
        "server_again_s": report["again_s"],
        "server_back_s": report["back_s"],
    }


if __name__ == "__main__":
    main()
