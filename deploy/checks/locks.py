"""The lock files: hashed, without any address, and in step with pyproject.toml."""

from __future__ import annotations

import re
import tomllib

from deploy.local import places

LOCKS = ("requirements.lock", "requirements-dev.lock")
REMAKE = "sh deploy/checks/lock.sh"
_ADDRESS = re.compile(r"[a-z+]+://|--(?:extra-)?index-url|--find-links|--trusted-host|\s@\s")
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)")


def problems() -> list[str]:
    """One sentence for each fault of the locks."""
    said: list[str] = []
    pinned = {name: _pins(name, said) for name in LOCKS}
    project = tomllib.loads((places.ROOT / "pyproject.toml").read_text("utf-8"))
    direct = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-dev.lock": project["project"]["dependencies"] + project["dependency-groups"]["dev"],
    }
    for lock, wanted in direct.items():
        for row in wanted:
            match = _PIN.match(row)
            if match is None:
                said.append(f"pyproject.toml: {row!r} is not pinned with ==. Pin it.")
                continue
            name, version = _plain(match.group(1)), match.group(2)
            if pinned[lock].get(name) != version:
                said.append(f"{lock} does not hold {name}=={version} of pyproject.toml. Remake it: {REMAKE}")
    for name, version in pinned["requirements.lock"].items():
        if pinned["requirements-dev.lock"].get(name) != version:
            said.append(f"The two locks differ on {name}. Remake both: {REMAKE}")
    return said


def _pins(lock: str, said: list[str]) -> dict[str, str]:
    """Names and versions of a lock; faults of its lines go to ``said``."""
    found: dict[str, str] = {}
    text = (places.ROOT / lock).read_text("utf-8")
    for number, row in enumerate(text.splitlines(), start=1):
        if _ADDRESS.search(row):
            said.append(f"{lock}:{number} holds an address. Remake it without: {REMAKE}")
        match = _PIN.match(row)
        if match:
            found[_plain(match.group(1))] = match.group(2)
    for block in re.split(r"\n(?=\S)", text):
        if block.strip() and "--hash=sha256:" not in block:
            said.append(f"{lock}: {block.split()[0]} has no hash. Remake it: {REMAKE}")
    return found


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
