"""Every app says which parts of the product it brings, from which stage on and for which goals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

from config import navigation
from crm_core.setup.queries.questions import GOALS
from kernel import parts
from tests.house import rules

# Rooms beside the CRM whose pages stand in the workspace.
BESIDE = ("billing", "onboarding")


def test_every_app_with_pages_declares_a_part() -> None:
    """An app that registers nothing would be shown at every stage, and no goal would ask for it."""
    rules.judge("parts", "architecture", _silent())


def _silent() -> Iterator[tuple[Path, int, str]]:
    told = {part.app for part in parts.PARTS.values()}
    for config in apps.get_app_configs():
        folder = Path(config.path)
        inside = config.name.startswith("crm_core.") or config.name in BESIDE
        pages = (folder / "urls.py").exists() or (folder / "urls_workspace.py").exists()
        if inside and pages and config.label not in told:
            yield (
                folder / "apps.py",
                1,
                f"declares no part. Call kernel.parts.declare({config.label}.…) in ready().",
            )


def test_every_place_and_panel_belongs_to_a_part() -> None:
    """What belongs to no part cannot follow the stage."""
    entries = (navigation.PLACES, navigation.FOOT, navigation.CREATE, navigation.BOTTOM, navigation.SETTINGS)
    wanted = {entry.url for group in entries for entry in group}
    wanted |= {name for names in navigation.PANELS.values() for name in names}
    wanted |= {entry.url for pairs in navigation.RECORD_ACTIONS.values() for entry, _name in pairs}
    wanted |= {*navigation.HOME_PANELS, *navigation.HOME_FIGURES}
    lost = sorted(name for name in wanted if parts.owner_of(name) is None)
    assert not lost, f"Name these in the places or panels of a part (kernel.parts.declare): {', '.join(lost)}"


def test_parts_name_goals_that_there_are() -> None:
    """A part for a goal that nobody can tick would never be asked for."""
    known = {goal.name for goal in GOALS}
    strange = {part.name: set(part.goals) - known for part in parts.PARTS.values() if set(part.goals) - known}
    assert not strange, f"These goals are not in setup.queries.questions.GOALS: {strange}"


def test_every_stage_with_parts_has_figures() -> None:
    """A stage is left by figures: without any, nobody would ever be offered the next one."""
    measured = {stage for figure in parts.FIGURES.values() for stage in figure.stages}
    assert set(parts.stages()) <= measured
    assert all(part.words and part.text for part in parts.PARTS.values())
    assert all(part.light for part in parts.PARTS.values() if part.fixed), (
        "what must stay stays in the light mode too"
    )
