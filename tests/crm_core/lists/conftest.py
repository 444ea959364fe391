"""A table of deals that only the tests know, and a quick way to make its rows."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db.models import F, OuterRef, Q
from django.db.models.expressions import Exists
from django.urls import set_urlconf

from crm_core.lists.queries.registry import TABLES
from crm_core.lists.tables import (
    Badge,
    Board,
    ChoiceFilter,
    Column,
    DateFilter,
    DefaultView,
    Empty,
    FlagFilter,
    Grouping,
    Lane,
    Link,
    MemberFilter,
    MoneyFilter,
    NumberFilter,
    Option,
    Phone,
    Scope,
    Sum,
    Table,
    TagFilter,
    TextFilter,
    register,
)
from crm_core.records.models import Card, Tag, Tagging
from crm_core.records.queries import visibility_q
from crm_core.sales.models import Deal, Pipeline, Stage
from kernel.text import fold, sort_key

_numbers = itertools.count(1)


def _rows(member: Any) -> Any:
    return Deal.objects.filter(visibility_q(member)).select_related("card__owner", "stage", "client")


def _stage_options() -> list[Option]:
    return [Option(str(one.id), one.name, one.hue) for one in Stage.objects.all()]


def _lanes(member: Any, part: str) -> list[Lane]:
    stages = Stage.objects.filter(pipeline_id=part) if part else Stage.objects.all()
    return [Lane(str(one.id), one.name, one.hue) for one in stages.order_by("pipeline__position", "position")]


def _pipelines(member: Any) -> list[Option]:
    return [Option(str(one.id), one.name) for one in Pipeline.objects.order_by("position")]


def make_table(**changes: Any) -> Table:
    told: dict[str, Any] = {
        "name": "testdeals",
        "kind": "deal",
        "title": "Test deals",
        "counted": "%(n)s deals",
        "url": "sales:deals",
        "right": "sales.view",
        "edit_right": "sales.edit",
        "rows": _rows,
        "sort": "name",
        "annotations": {
            "weighted": lambda member: F("amount_minor") * F("probability") / 100,
            "tagged": lambda member: Exists(Tagging.objects.filter(card_id=OuterRef("pk"))),
        },
        "columns": (
            Column("name", "Deal", value="card", format="record", sort="card__sort_key", fixed=True),
            Column("client", "Client", value="client", format="record", sort="client__sort_key"),
            Column(
                "stage",
                "Stage",
                value=lambda row: Badge(row.stage.name),
                format="badge",
                sort="stage__position",
            ),
            Column(
                "amount",
                "Amount",
                value=("amount_minor", "currency"),
                format="money",
                sort="amount_minor",
                descending=True,
            ),
            Column(
                "weighted",
                "Weighted",
                value=("weighted", "currency"),
                format="money",
                sort="weighted",
                default=False,
            ),
            Column(
                "chance", "Chance", value="probability", format="percent", sort="probability", default=False
            ),
            Column("expected", "Expected", value="expected_on", format="date", sort="expected_on"),
            Column("owner", "Owner", value="card.owner", format="member", sort="card__owner__name"),
            Column("source", "Source", sort="source", default=False),
            Column("since", "Since", value="stage_since", format="moment", sort="stage_since", default=False),
            Column("tagged", "Tagged", format="flag", sort="tagged", default=False),
            Column("place", "Place", value="position", format="number", sort="position", default=False),
            Column("tags", "Tags", format="tags"),
        ),
        "filters": (
            TextFilter("name", "Name", path="card__label"),
            TextFilter("source", "Source", path="source"),
            TextFilter("tagname", "Tag name", path="card__taggings__tag__name", many=True),
            ChoiceFilter(
                "state",
                "State",
                path="outcome",
                options=(Option("open", "Open"), Option("won", "Won"), Option("lost", "Lost")),
            ),
            ChoiceFilter("stage", "Stage", path="stage_id", options=_stage_options, nullable=True),
            MemberFilter("owner", "Owner"),
            TagFilter("tag", "Tag"),
            DateFilter("expected", "Expected", path="expected_on", overdue=Q(outcome="open")),
            DateFilter("since", "Since", path="stage_since", moment=True, nullable=False),
            MoneyFilter("amount", "Amount", path="amount_minor"),
            NumberFilter("chance", "Chance", path="probability"),
            FlagFilter("tagged", "Tagged", path="tagged"),
            FlagFilter("client", "Client", q=lambda: Q(client__isnull=False), yes="there", no="missing"),
        ),
        "groupings": (Grouping("stage", "Stage", path="stage__position", title=lambda row: row.stage.name),),
        "sums": (
            Sum("all", "All", amount="amount_minor"),
            Sum("weighted", "Weighted", amount="weighted"),
            Sum("won", "Won", amount="amount_minor", only=lambda member: Q(outcome="won")),
        ),
        "boards": (
            Board(
                "stage",
                "Stage",
                path="stage_id",
                lanes=_lanes,
                card="ui/mark.html",
                amount="amount_minor",
                sort="-amount",
            ),
        ),
        "scope": Scope("pipeline", "Pipeline", path="pipeline_id", options=_pipelines, all="All pipelines"),
        "phone": Phone(start="name", end="amount", below="stage"),
        "empty": Empty(title="Nothing yet", text="Begin.", action=Link("New", "sales:deals")),
        "views": (
            DefaultView("testdeals.all", "All", "sort=name"),
            DefaultView("testdeals.mine", "Mine", "owner.is=me&sort=-amount"),
        ),
    }
    return Table(**{**told, **changes})


@pytest.fixture(autouse=True)
def _workspace_urls() -> Iterator[None]:
    """Addresses are those of a workspace's host, as in a request."""
    set_urlconf("config.urls_workspace")
    yield
    set_urlconf(None)


@pytest.fixture
def table() -> Iterator[Table]:
    """The table, registered for this test."""
    made = make_table()
    register(made)
    yield made
    del TABLES[made.name]


@pytest.fixture
def stages(tenant: Any) -> list[Stage]:
    """Two pipelines of the tests: the first with three stages, the second with one."""
    sales = Pipeline.objects.create(name="Test sales", position=100)
    other = Pipeline.objects.create(name="Test partners", position=101)
    kinds = ["open", "won", "lost"]
    made = [
        Stage.objects.create(pipeline=sales, name=name, position=i, kind=kinds[i])
        for i, name in enumerate(("Talks", "Signed", "Gone"))
    ]
    return [*made, Stage.objects.create(pipeline=other, name="Elsewhere", position=0)]


@pytest.fixture
def make_deal(stages: list[Stage]) -> Callable[..., Deal]:
    """Make a deal: ``make_deal("Lobby", amount=1200, stage=1, owner=member, tags=["key"])``."""

    def make(
        name: str = "", *, stage: int = 0, amount: int | None = None, owner: Any = None, **fields: Any
    ) -> Deal:
        name = name or f"Deal {next(_numbers)}"
        tags = fields.pop("tags", ())
        card = Card.objects.create(
            kind="deal", label=name, sort_key=sort_key(name), search_text=fold(name), owner=owner
        )
        told = {"currency": "EUR", "opened_on": date(2026, 1, 1), **fields}
        if stages[stage].kind != "open":
            told |= {"outcome": stages[stage].kind, "closed_on": date(2026, 2, 1)}
        deal = Deal.objects.create(
            card=card, stage=stages[stage], pipeline=stages[stage].pipeline, amount_minor=amount, **told
        )
        for tag in tags:
            word, _made = Tag.objects.get_or_create(name=tag)
            Tagging.objects.create(card=card, tag=word)
        return deal

    return make
