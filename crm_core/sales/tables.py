"""The list of deals as data, and what sales adds to the lists of clients."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from crm_core.lists.tables import (
    Badge,
    Board,
    Bulk,
    ChoiceFilter,
    Column,
    DateFilter,
    DefaultView,
    Empty,
    FlagFilter,
    Grouping,
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
    extend,
)
from crm_core.sales import queries
from crm_core.sales.models import Outcome
from kernel.when import today

TONES = {"won": "positive", "lost": "negative"}


def _stage(row: Any) -> Badge:
    return Badge(row.stage.name, hue=row.stage.hue)


def _days(row: Any) -> int | None:
    return row.age.days if row.is_open else None


def _only_open(member: Any) -> Q:
    return Q(outcome=Outcome.OPEN)


def _rails(member: Any, pipeline_id: str) -> list[dict[str, Any]]:
    """Won and lost this month: words, figures, and the address of just these deals."""
    here = today(member.zone)
    found = queries.rails(member, pipeline_id, here)
    return [
        {
            "lane": kind,
            "icon": icon,
            "words": words,
            "move": move,
            "sums": found[kind],
            "url": f"{reverse('sales:deals')}?state.is={kind}&closed.in=this-month&pipeline={pipeline_id}&draw=table",
        }
        for kind, icon, words, move in (
            ("won", "check", _("Won this month"), pgettext_lazy("move the deal to", "Won …")),
            ("lost", "x", _("Lost this month"), pgettext_lazy("move the deal to", "Lost …")),
        )
    ]


COLUMNS = (
    Column("name", _("Deal"), value="card", format="record", sort="card__sort_key", fixed=True),
    Column("client", _("Client"), value="client", format="record", sort="client__sort_key"),
    Column("stage", _("Stage"), value=_stage, format="badge", sort="stage__position", needs=("stage",)),
    Column(
        "amount",
        _("Amount"),
        value=("amount_minor", "currency"),
        format="money",
        sort="amount_minor",
        descending=True,
    ),
    Column(
        "chance",
        _("Probability"),
        value="likely",
        format="percent",
        sort="chance",
        default=False,
        needs=("stage",),
    ),
    Column(
        "weighted",
        _("Weighted"),
        value=("weighted", "currency"),
        format="money",
        sort="weighted",
        descending=True,
        default=False,
        help=_("The amount times the probability"),
    ),
    Column("expected", _("Expected"), value="expected_on", format="date", sort="expected_on"),
    Column("next", _("Next step"), format="step", load=queries.steps_for, template="sales/cells.html#step"),
    Column("owner", _("Owner"), value="card.owner", format="member", sort="card__owner__name"),
    Column(
        "days",
        _("Days in stage"),
        value=_days,
        format="number",
        sort="stage_since",
        default=False,
        needs=("stage",),
    ),
    Column(
        "contact", _("Contact"), value="contact", format="record", sort="contact__sort_key", default=False
    ),
    Column(
        "opened",
        _("Opened"),
        value="opened_on",
        format="date",
        sort="opened_on",
        descending=True,
        default=False,
    ),
    Column(
        "closed",
        _("Closed"),
        value="closed_on",
        format="date",
        sort="closed_on",
        descending=True,
        default=False,
    ),
    Column("reason", _("Reason"), value="reason.name", sort="reason__name", default=False),
    Column("source", pgettext_lazy("of a deal", "Came from"), sort="source", default=False),
    Column("pipeline", _("Pipeline"), value="pipeline.name", sort="pipeline__position", default=False),
    Column("tags", _("Tags"), format="tags", default=False),
    Column("place", _("Order on the board"), value="position", sort="position", default=False, hidden=True),
)

FILTERS = (
    ChoiceFilter(
        "state",
        pgettext_lazy("of a deal", "State"),
        path="outcome",
        options=tuple(Option(value, label) for value, label in Outcome.choices),
    ),
    ChoiceFilter("stage", _("Stage"), path="stage_id", options=queries.stage_options),
    MemberFilter("owner", _("Owner")),
    MoneyFilter("amount", _("Amount"), path="amount_minor"),
    DateFilter("expected", _("Expected"), path="expected_on", overdue=Q(outcome=Outcome.OPEN)),
    FlagFilter("next", _("Next step"), q=queries.has_step, yes=_("planned"), no=_("missing")),
    NumberFilter("chance", _("Probability"), path="chance"),
    DateFilter("opened", _("Opened"), path="opened_on", nullable=False),
    DateFilter("closed", _("Closed"), path="closed_on"),
    DateFilter("moved", _("In this stage since"), path="stage_since", moment=True, nullable=False),
    ChoiceFilter("reason", _("Reason"), path="reason_id", options=queries.reason_options, nullable=True),
    TextFilter("client", _("Client"), path="client__label"),
    TextFilter("name", _("Deal"), path="card__label"),
    TextFilter("source", pgettext_lazy("of a deal", "Came from"), path="source"),
    TagFilter("tag", _("Tag")),
)

NEW = Link(_("New deal"), "sales:new_deal", icon="plus", right="sales.edit")

DEALS = Table(
    name="deals",
    kind="deal",
    title=_("Deals"),
    counted=ngettext_lazy("%(n)s deal", "%(n)s deals", "n"),
    url="sales:deals",
    right="sales.view",
    edit_right="sales.edit",
    rows=queries.deal_rows,
    sort="-amount",
    scope=Scope(
        "pipeline",
        _("Pipeline"),
        path="pipeline_id",
        options=queries.pipeline_options,
        all=_("All pipelines"),
    ),
    annotations={
        "chance": lambda member: queries.chance(),
        "weighted": lambda member: queries.weighted(),
    },
    related={name: name for name in ("client", "contact", "stage", "pipeline", "reason")},
    columns=COLUMNS,
    filters=FILTERS,
    groupings=(
        Grouping("stage", _("Stage"), path="stage__position", title=lambda row: row.stage.name),
        Grouping(
            "owner",
            _("Owner"),
            path="card__owner__name",
            title=lambda row: row.card.owner.name if row.card.owner else _("Nobody"),
        ),
    ),
    sums=(
        Sum("open", pgettext_lazy("deals", "Open"), amount="amount_minor", only=_only_open),
        Sum("weighted", _("Weighted"), amount="weighted", only=_only_open),
        Sum("month", _("Closing this month"), amount="amount_minor", only=queries.closing_this_month),
    ),
    boards=(
        Board(
            "stage",
            _("Stage"),
            path="stage_id",
            lanes=queries.stage_lanes,
            card="sales/card.html",
            needs=("client", "stage"),
            amount="amount_minor",
            sort="place",
            move="sales:moving",
            move_right="sales.edit",
            beside=_rails,
            beside_template="sales/rails.html",
            by_hand=True,
        ),
    ),
    bulk=(
        Bulk(
            "stage",
            _("Move to a stage"),
            "arrow-right",
            action="crm_core.sales.actions.bulk_move",
            form="crm_core.sales.forms.StageChoiceForm",
            right="sales.edit",
        ),
    ),
    phone=Phone(start="name", end="amount", below="stage", below_end="next"),
    empty=Empty(
        title=_("Possible sales, from the first talk to the contract"),
        text=_("Add a deal for everything that a client may buy, and move it from stage to stage."),
        action=NEW,
        second=Link(_("Import"), "imports:start", query="kind=deal", right="imports.run"),
    ),
    create=NEW,
    links=(
        Link(_("Forecast"), "sales:forecast", icon="chart-no-axes-column", right="sales.view"),
        Link(_("Import"), "imports:start", query="kind=deal", icon="upload", right="imports.run"),
    ),
    views=(
        DefaultView("deals.open", pgettext_lazy("deals", "Open"), "state.is=open", draw="board"),
        DefaultView("deals.mine", pgettext_lazy("deals", "Mine"), "state.is=open&owner.is=me", draw="board"),
        DefaultView(
            "deals.quarter",
            _("Closing this quarter"),
            "state.is=open&expected.in=this-quarter&sort=expected",
            draw="table",
        ),
        DefaultView("deals.no_step", _("No next step"), "state.is=open&next.is=no&sort=days", draw="table"),
        DefaultView(
            "deals.overdue",
            pgettext_lazy("deals", "Overdue"),
            "expected.overdue=&sort=expected",
            draw="table",
        ),
        DefaultView("deals.won", pgettext_lazy("deals", "Won"), "state.is=won&sort=-closed", draw="table"),
        DefaultView("deals.lost", pgettext_lazy("deals", "Lost"), "state.is=lost&sort=-closed", draw="table"),
    ),
)


def extend_clients() -> None:
    """Open deals as a column and filter of companies and people."""
    for table in ("companies", "people"):
        extend(
            table,
            after="owner",
            columns=(Column("deals", _("Open deals"), format="money", load=queries.open_sums_for),),
            filters=(
                FlagFilter("deals", _("Open deals"), q=queries.has_open_deals, yes=_("yes"), no=_("none")),
            ),
        )
