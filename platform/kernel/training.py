"""First tasks by which people learn the product; each is ticked by a fact that they leave in their real work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TASKS: dict[str, Task] = {}
# A course is what one kind of people begins with: who leads, who works with clients, who only looks.
COURSES = ("lead", "work", "look")


@dataclass(frozen=True, slots=True)
class Task:
    """``words`` is what to do, ``hint`` one sentence how; both lazy. ``verbs`` are the facts of which one is enough,
    ``right`` what one needs for it, ``url`` the name of the page where it is done, ``part`` the part it belongs to."""

    name: str
    courses: tuple[str, ...]
    words: Any
    hint: Any
    verbs: tuple[str, ...]
    right: str
    url: str
    part: str


def task(name: str, *courses: str, **known: Any) -> str:
    """Make a task known, in the order of declaration; fields as of :class:`Task`.

    Raises ``ValueError`` for a course that there is not and for a task without facts.
    """
    made = Task(name, courses, **known)
    if not set(courses) <= set(COURSES) or not courses or not made.verbs:
        raise ValueError(f"The task {name} names no course or no fact.")
    TASKS[name] = made
    return name


def every_verb() -> set[str]:
    """All facts that tick something."""
    return {verb for one in TASKS.values() for verb in one.verbs}
