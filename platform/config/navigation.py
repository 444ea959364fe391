"""Composition at the top: places, panels and the shell's data."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """What the layout around every page needs."""
    return {}
