"""Records to work with: plain cards of the kind company with a wide row, in three people's hands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crm_core.clients.models import Company
from crm_core.events.actions import record
from crm_core.records import actions

RIGHTS = ["clients.view", "clients.edit", "sales.view", "sales.edit", "records.assign"]


@pytest.fixture
def make_company(tenant: Any) -> Callable[..., Any]:
    """``make_company("Acme", owner=anna, by=anna)`` gives the card of a company."""

    def make(name: str = "Harbour House", *, by: Any, owner: Any = None, **fields: Any) -> Any:
        card = actions.create_card(by=by, kind="company", label=name, owner=owner, **fields)
        Company(card=card).save(force_insert=True)
        record("clients.created", by=by, record=card)
        return card

    return make


@pytest.fixture
def cast(make_member: Callable[..., Any]) -> Any:
    """Anna and Boris of one team, Clara of another; Anna sees her own, Boris the team's records."""
    from types import SimpleNamespace

    from crm_core.team.models import Team

    north, south = Team(name="North"), Team(name="South")
    north.save()
    south.save()
    return SimpleNamespace(
        north=north,
        south=south,
        anna=make_member(name="Anna", rights=RIGHTS, visibility="own", team=north),
        boris=make_member(name="Boris", rights=RIGHTS, visibility="team", team=north),
        clara=make_member(name="Clara", rights=RIGHTS, visibility="own", team=south),
        head=make_member(name="Head", rights=[*RIGHTS, "records.purge", "records.set_up"], visibility="all"),
    )
