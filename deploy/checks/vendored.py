"""Vendored files: each is listed with name, version, licence and a hash that fits."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from deploy.local import places

VENDOR = places.ROOT / "platform" / "ui" / "static" / "ui" / "vendor"
MANIFEST = VENDOR / "manifest.json"
KEYS = ("name", "version", "file", "sha256", "licence")
LICENCES = {
    "MIT",
    "0BSD",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Apache-2.0",
    "OFL-1.1",
    "CC0-1.0",
    "MPL-2.0",
}


def problems() -> list[str]:
    """One sentence for each fault of the vendored files."""
    if not VENDOR.is_dir():
        return []
    if not MANIFEST.exists():
        return [
            f"{_name(MANIFEST)} is missing. List every file of that folder in it, with {', '.join(KEYS)}."
        ]
    try:
        content = json.loads(MANIFEST.read_text("utf-8"))
    except ValueError as error:
        return [f"{_name(MANIFEST)} is not JSON ({error}). Mend it."]
    rows = content if isinstance(content, list) else content.get("files", [])
    said: list[str] = []
    listed = set()
    for row in rows:
        missing = [key for key in KEYS if not row.get(key)]
        if missing:
            said.append(
                f"{_name(MANIFEST)}: {row.get('name', 'an entry')} lacks {', '.join(missing)}. Add it."
            )
            continue
        listed.add(row["file"])
        said += _faults(row)
    for path in sorted(VENDOR.rglob("*")):
        relative = str(path.relative_to(VENDOR))
        if path.is_file() and path != MANIFEST and not _is_licence(path) and relative not in listed:
            said.append(f"{_name(path)} is not in the manifest. List it with {', '.join(KEYS)}.")
    return said


def _faults(row: dict[str, str]) -> list[str]:
    path = VENDOR / row["file"]
    if not path.is_file():
        return [
            f"{_name(MANIFEST)} lists {row['file']}, which is not there. Add the file or remove the entry."
        ]
    if hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
        way_on = "take the original again, or write the hash of the new version."
        return [f"{_name(path)} does not have the hash of the manifest. Never edit vendored files: {way_on}"]
    if row["licence"] not in LICENCES:
        way_on = "Choose another library, or decide and add it to deploy/checks/vendored.py."
        return [f"{row['name']} has the licence {row['licence']}, which the house does not know. {way_on}"]
    return []


def _is_licence(path: Path) -> bool:
    return path.name.upper().startswith(("LICENSE", "LICENCE", "NOTICE", "OFL"))


def _name(path: Path) -> str:
    return str(path.relative_to(places.ROOT))
