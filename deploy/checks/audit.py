"""Known weaknesses of the packages in the locks, asked of the OSV database (osv.dev) in one question.

That needs a network. Without one nothing is found out, and the check says so instead of passing in silence;
``TEREM_REQUIRE=audit`` makes that a failure. What was looked at and can be lived with stands in ``LIVED_WITH``.
"""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

from deploy.checks.locks import LOCKS
from deploy.local import places

ADDRESS = "https://api.osv.dev/v1/querybatch"
SECONDS = 5

# Advisory → why it does no harm here, and the day (UTC) until which that is believed.
LIVED_WITH: dict[str, tuple[str, str]] = {}

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)


def command() -> tuple[list[str], int]:
    """What to print, and the exit code."""
    pins, address = locked(), os.environ.get("TEREM_AUDIT") or ADDRESS
    try:
        found = weaknesses(pins, address)
    except (OSError, ValueError) as error:
        said = f"{len(pins)} packages were NOT audited: {address} was not reached ({type(error).__name__})."
        return [said], int("audit" in os.environ.get("TEREM_REQUIRE", "").split(","))
    return found or [f"{len(pins)} packages, no known weakness."], int(bool(found))


def locked() -> list[tuple[str, str]]:
    """Name and version of every package in both locks."""
    texts = [(places.ROOT / lock).read_text("utf-8") for lock in LOCKS]
    return sorted({(name.lower(), version) for text in texts for name, version in _PIN.findall(text)})


def weaknesses(pins: list[tuple[str, str]], address: str) -> list[str]:
    """One sentence for each package with an advisory. Raises ``OSError`` or ``ValueError`` if nobody answers well."""
    asked = {
        "queries": [
            {"package": {"ecosystem": "PyPI", "name": name}, "version": version} for name, version in pins
        ]
    }
    request = urllib.request.Request(
        address, json.dumps(asked).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        results: list[dict[str, Any]] = json.loads(answer.read())["results"]
    if len(results) != len(pins):
        raise ValueError("the answer does not fit the question")
    said = []
    for (name, version), result in zip(pins, results, strict=True):
        ids = [str(one["id"]) for one in result.get("vulns", []) if not lived_with(str(one["id"]))]
        if ids:
            said.append(
                f"{name} {version}: {', '.join(ids)} (https://osv.dev/vulnerability/{ids[0]}). Take a newer one."
            )
    return said


def lived_with(advisory: str) -> bool:
    """Whether the advisory was looked at and the day of its next look has not come."""
    reason, until = LIVED_WITH.get(advisory, ("", ""))
    return bool(reason) and datetime.now(UTC).date().isoformat() <= until
