"""The parts of the service that people are told about, and the words for how one is."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """What one check found."""

    OK = "ok", pgettext_lazy("part of the service", "Works")
    LIMITED = "limited", pgettext_lazy("part of the service", "Limited")
    DOWN = "down", pgettext_lazy("part of the service", "Does not work")


# Shown in this order. A part that was never checked (nothing is sold here) is left out.
PARTS: dict[str, Any] = {
    "workspaces": _("Sign-in and workspaces"),
    "work": _("Background work"),
    "mail": _("Letters"),
    "payments": _("Payments"),
    "backups": _("Backups"),
}
UNKNOWN: Any = pgettext_lazy("part of the service", "Not known")
TONES = {State.OK: "positive", State.LIMITED: "warning", State.DOWN: "negative", "": "plain"}
CHOICES = list(PARTS.items())


def words_of(names: list[str]) -> list[Any]:
    """The parts with these names in words, in the order of the page."""
    return [words for name, words in PARTS.items() if name in names]


def state_words(state: str) -> Any:
    """A state in words; "" is a part about which nothing is known."""
    return State(state).label if state else UNKNOWN
