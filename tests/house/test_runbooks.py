"""Each alert has its runbook, each runbook its alert, and a runbook answers the four questions."""

from __future__ import annotations

import json
from typing import Any

from tests.house import rules

PAGES = rules.ROOT / "platform" / "handbook" / "runbooks"
ALERTS = rules.ROOT / "deploy" / "observability" / "alerts.json"
QUESTIONS = ("What users see", "How to look", "What to do", "When to call whom")


def alerts() -> dict[str, dict[str, Any]]:
    """The alert rules by name."""
    groups = json.loads(ALERTS.read_text("utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def test_alerts_and_runbooks_belong_together() -> None:
    pages = {path.stem for path in PAGES.glob("*.md")} - {"README"}
    assert set(alerts()) - pages == set(), "these alerts have no page in platform/handbook/runbooks"
    assert pages - set(alerts()) == set(), "these runbooks have no alert"


def test_every_runbook_answers_the_four_questions() -> None:
    for name, rule in alerts().items():
        assert rule["annotations"]["runbook"] == f"platform/handbook/runbooks/{name}.md"
        text = (PAGES / f"{name}.md").read_text("utf-8")
        assert text.startswith(f"# {name}\n\n{rule['annotations']['summary']}\n"), name
        parts = text.split("\n## ")[1:]
        assert [part.partition("\n")[0] for part in parts] == list(QUESTIONS), name
        for part in parts:
            assert len(part.partition("\n")[2].strip()) > 8, f"{name}: {part}"


def test_the_list_of_runbooks_is_whole() -> None:
    text = (PAGES / "README.md").read_text("utf-8")
    for name, rule in alerts().items():
        assert f"| [{name}]({name}.md) | {rule['annotations']['summary']} |" in text, name
