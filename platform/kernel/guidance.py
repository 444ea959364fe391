"""Help for each page: what it is for, what to do first, its keys. Whoever declares a page says it here.

``config.guidance`` holds the texts of the pages that there are; an app of its own may call :func:`guide` when it
starts. A page of the workspace without a text fails ``tests/house/test_guidance.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

GUIDES: dict[str, Guide] = {}

# A key as it stands on the keyboard, and what it does.
Keys = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """``purpose`` is one or two sentences what the page is for, ``first`` what to do first; both are lazy."""

    purpose: Any
    first: Any
    keys: Keys = ()


def guide(*names: str, purpose: Any, first: Any, keys: Keys = ()) -> None:
    """Say what the pages with these URL names are for. Raises ``ValueError`` for a page that has its text already."""
    for name in names:
        if name in GUIDES:
            raise ValueError(f"The page {name} has its help already.")
        GUIDES[name] = Guide(purpose, first, keys)


def of(name: str) -> Guide | None:
    """The help of a page by its URL name; None where nobody wrote one."""
    return GUIDES.get(name)
