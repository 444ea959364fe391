"""The help texts of all pages of the workspace, and the first tasks; each module declares those of its rooms."""

from __future__ import annotations

from config.guidance import clients, daily, lists, sales, settings, training, workspace


def declare() -> None:
    """Make every text known; called once when the product starts."""
    for module in (daily, clients, sales, lists, settings, workspace, training):
        module.declare()
