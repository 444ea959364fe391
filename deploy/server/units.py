"""The systemd units: put in place, started, renewed one after the other, taken away."""

from __future__ import annotations

import shutil
from pathlib import Path

from deploy.server import layout
from deploy.server.layout import Trouble

DRAFTS = Path(__file__).resolve().parent / "units"
_LOOK = "Look: journalctl -u 'terem-*' -n 50. Mend the cause and run the same command again."


def place(drafts: Path = DRAFTS) -> bool:
    """Write the units that changed and have systemd read them; whether there were any."""
    changed = [
        layout.write(layout.UNITS / path.relative_to(drafts), path.read_text("utf-8"))
        for path in sorted(drafts.rglob("*"))
        if path.is_file()
    ]
    if any(changed):
        layout.step(f"systemd: {sum(changed)} files written to {layout.UNITS}")
        systemctl("daemon-reload")
    return any(changed)


def start() -> None:
    """Start everything, now and with the machine. What runs goes on running."""
    systemctl("enable", "--quiet", "terem.target", *layout.EVERYTHING)
    layout.step("Starting: workers, keeper, scheduler, web, edge")
    for unit in layout.EVERYTHING:
        systemctl("start", unit)


def renew(*, edge: bool) -> None:
    """Bring every process to the current release without losing a request or a job.

    Workers finish what they do; of the web processes one serves while the other starts. The edge
    takes a new Caddyfile (``edge``) without closing a line that is in use, and is left alone otherwise.
    """
    for unit in (*layout.WORKERS, layout.SCHEDULER, *layout.WEB):
        layout.step(f"Renewing {unit.removesuffix('.service')}")
        systemctl("restart", unit)
    if edge:
        layout.step(f"Renewing {layout.EDGE.removesuffix('.service')}")
    systemctl("reload-or-restart" if edge else "start", layout.EDGE)


def stop() -> None:
    """End everything and let nothing start again: requests first, then what they cause."""
    known = [unit for unit in reversed(layout.EVERYTHING) if _is_known(unit)]
    for unit in known:
        layout.step(f"Ending {unit.removesuffix('.service')}")
        systemctl("stop", unit)
    if known:
        systemctl("disable", "--quiet", "terem.target", *known)
        systemctl("stop", "terem.target", "terem.slice")


def _is_known(unit: str) -> bool:
    name, at, _which = unit.removesuffix(".service").partition("@")
    return (layout.UNITS / f"{name}{at}.service").exists()


def remove(drafts: Path = DRAFTS) -> None:
    """Take the units away."""
    for path in sorted(drafts.rglob("*"), reverse=True):
        placed = layout.UNITS / path.relative_to(drafts)
        if path.is_file():
            placed.unlink(missing_ok=True)
        elif placed.is_dir() and not any(placed.iterdir()):
            placed.rmdir()
    systemctl("daemon-reload")


def show(unit: str, name: str) -> str:
    """A property of a unit; empty if systemd does not know it."""
    return systemctl("show", unit, f"--property={name}", "--value").strip()


def words(unit: str, count: int) -> str:
    """The last lines that a unit said, the newest last."""
    asked = ["journalctl", "--no-pager", "--output=cat", f"--lines={count}", f"--unit={unit}"]
    return layout.run(asked, way_on=_LOOK).strip().replace("\n", "\n          ")


def systemctl(*arguments: str) -> str:
    """Ask systemd. Raises ``Trouble`` if there is none, or if it says no."""
    if shutil.which("systemctl") is None:
        raise Trouble("There is no systemd here.", "Use an image (deploy/README.md), or a host with systemd.")
    return layout.run(["systemctl", *arguments], way_on=_LOOK)
