"""The registries of help and of first tasks refuse what would mislead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel import guidance, training


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    guides, tasks = dict(guidance.GUIDES), dict(training.TASKS)
    yield
    for known, former in ((guidance.GUIDES, guides), (training.TASKS, tasks)):
        known.clear()
        known.update(former)  # type: ignore[arg-type]


def test_a_page_has_one_help() -> None:
    guidance.guide("tests:one", "tests:two", purpose="For this.", first="Do that.")
    assert guidance.of("tests:two") == guidance.Guide("For this.", "Do that.")
    assert guidance.of("tests:three") is None
    with pytest.raises(ValueError, match="already"):
        guidance.guide("tests:one", purpose="For that.", first="Do this.")


def test_a_task_names_its_course_and_facts() -> None:
    told = {"words": "Try", "hint": "So", "right": "team.belong", "url": "home:today", "part": "home.today"}
    training.task("tests.good", "work", verbs=("tests.done",), **told)
    assert "tests.done" in training.every_verb()
    for courses, verbs in ((("boss",), ("tests.done",)), ((), ("tests.done",)), (("work",), ())):
        with pytest.raises(ValueError, match="no course or no fact"):
            training.task("tests.bad", *courses, verbs=verbs, **told)
