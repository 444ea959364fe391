"""What a restored schema must not go on doing, and who may look at it: said here, because tenants cannot see members."""

from __future__ import annotations

from crm_core.team import actions as team
from crm_core.team import queries
from kernel.jobs.stopping import stop_open
from tenants import api


def settle() -> None:
    """End sessions and background work of the moment that was restored."""
    team.end_every_session()
    stop_open()


def visitors() -> list[api.Visitor]:
    """The administrators of the present workspace: they may open a copy, and get the letters about leaving."""
    return [
        api.Visitor(member.account_id, member.id, member.email, member.language)
        for member in queries.administrators()
        if member.account_id is not None
    ]


def compose() -> None:
    """Tell the room of the tenants, once at start-up."""
    api.on_restored(settle=settle, visitors=visitors)
