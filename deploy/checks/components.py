"""A list of all foreign parts for machines, as CycloneDX 1.6 writes it: ``python -m deploy.checks sbom``.

Packages of the product with version, licence and the hashes of the lock, and the vendored files of the pages.
The same sources give the same text: it holds no time and no random number.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

from deploy.checks import licences, vendored
from deploy.local import places

_BLOCK = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+).*?(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def document() -> str:
    """The whole list as JSON."""
    project = tomllib.loads((places.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    product = {"type": "application", "name": project["name"], "version": project["version"]}
    made = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": product},
        "components": [*_packages(), *_files()],
    }
    return json.dumps(made, indent=2, ensure_ascii=False)


def _packages() -> list[dict[str, Any]]:
    lock = (places.ROOT / "requirements.lock").read_text("utf-8")
    hashes = {_plain(found[1]): _HASH.findall(found[0]) for found in _BLOCK.finditer(lock)}
    return [
        {
            "type": "library",
            "name": row.name,
            "version": row.version,
            "purl": f"pkg:pypi/{row.name}@{row.version}",
            "licenses": [{"expression": row.licence}],
            # Of each file that the lock allows: which one is installed depends on the machine.
            "hashes": [{"alg": "SHA-256", "content": one} for one in hashes[row.name]],
        }
        for row in licences.rows()
        if row.shipped
    ]


def _files() -> list[dict[str, Any]]:
    content = json.loads(vendored.MANIFEST.read_text("utf-8"))
    rows = content if isinstance(content, list) else content.get("files", [])
    return [
        {
            "type": "file",
            "name": f"{row['name']} ({row['file']})",
            "version": row["version"],
            "licenses": [{"expression": row["licence"]}],
            "hashes": [{"alg": "SHA-256", "content": row["sha256"]}],
        }
        for row in rows
    ]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
