"""Each room has a README with the five headings, so that a newcomer finds the door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.house import rules

HEADINGS = ("Purpose", "Never", "Front door", "How to add one thing", "How it fails")
ROOMS = (
    "platform/kernel", "platform/ui", "platform/identity", "platform/config", "tenants", "billing", "crm_core",
    "onboarding",
)  # fmt: skip


def test_rooms_have_readmes() -> None:
    """Purpose in two sentences, what it never does, its front door, how to add one thing, how it fails."""
    rules.judge("readmes", "architecture", _gaps())


def _gaps() -> Iterator[tuple[Path, int, str]]:
    for room in ROOMS:
        path = rules.ROOT / room / "README.md"
        if not path.exists():
            yield path, 1, f"is missing. Write it with the headings: {', '.join(HEADINGS)}."
            continue
        found = {
            row.lstrip("#").strip() for row in path.read_text("utf-8").splitlines() if row.startswith("##")
        }
        for heading in HEADINGS:
            if heading not in found:
                yield path, 1, f"lacks the heading '## {heading}'. Add it with a few sentences."
