"""The cast of sales: a pipeline with its stages, a client, a deal, and who may do what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

import pytest
from django.urls import reverse
from django.utils.http import urlencode

from crm_core.clients.actions import create_company
from crm_core.sales import actions, queries
from crm_core.sales.models import Deal, Pipeline, Reason, Stage
from kernel.when import frozen


@dataclass(frozen=True)
class Sales:
    """The first pipeline: open stages in order, the closing ones, and a reason of each kind."""

    pipeline: Pipeline
    stages: list[Stage]
    won: Stage
    lost: Stage

    @property
    def first(self) -> Stage:
        return self.stages[0]

    @property
    def second(self) -> Stage:
        return self.stages[1]

    def reason(self, kind: str) -> Reason:
        return queries.reasons(kind)[0]


@pytest.fixture
def that_day(request: pytest.FixtureRequest) -> Iterator[None]:
    """It is noon of the module's TODAY, also when the run goes on past midnight."""
    with frozen(datetime.combine(request.module.TODAY, time(12), UTC)):
        yield


@pytest.fixture
def sales(tenant: Any) -> Sales:
    """What the seed has set up."""
    pipeline = queries.pipelines()[0]
    return Sales(
        pipeline,
        queries.open_stages(pipeline),
        queries.closing_stage(pipeline, "won"),
        queries.closing_stage(pipeline, "lost"),
    )


@pytest.fixture
def company(member: Any) -> Any:
    """A client, as a card."""
    return create_company(by=member, values={"name": "Harbour House Hotels"}).card


@pytest.fixture
def make_deal(member: Any, sales: Sales) -> Callable[..., Deal]:
    """Open a deal: ``make_deal(name=…, amount_minor=…)``."""

    def make(by: Any = None, **known: Any) -> Deal:
        return actions.open_deal(by=by or member, **{"name": "Lobby lighting", **known})

    return make


@pytest.fixture
def deal(make_deal: Callable[..., Deal], company: Any) -> Deal:
    """One open deal of the client, over 18,400 euros."""
    return make_deal(client_id=company.id, amount_minor=18_400_00, currency="EUR")


@pytest.fixture
def browser(client_for: Any, member: Any) -> Any:
    """The administrator's browser."""
    return client_for(member)


@pytest.fixture
def again() -> Callable[[Deal], Deal]:
    """The deal as it stands in the database now."""
    return lambda deal: queries.with_rows(Deal.objects.filter(pk=deal.pk)).get()


@pytest.fixture
def url() -> Callable[..., str]:
    """``url("deal", deal.pk)``: an address of the workspace."""

    def make(name: str, *args: Any, **query: Any) -> str:
        path = reverse(name if ":" in name else f"sales:{name}", args=args, urlconf="config.urls_workspace")
        return path + ("?" + urlencode(query) if query else "")

    return make
