"""Reading sales. Callers import this package; every read of deals starts at :func:`visible_to`."""

from crm_core.sales.queries.deals import deal_of, deals_of_card, known_sources, visible_to, with_rows
from crm_core.sales.queries.figures import Sums, closed_in_month, fold, grouped, sums_by
from crm_core.sales.queries.forecast import Forecast, Span, forecast, won_by_month
from crm_core.sales.queries.pipelines import (
    all_reasons,
    choose,
    closing_stage,
    open_stages,
    pipelines,
    reasons,
    stage_counts,
)
from crm_core.sales.queries.why import Why, why

__all__ = [
    "Forecast",
    "Span",
    "Sums",
    "Why",
    "all_reasons",
    "choose",
    "closed_in_month",
    "closing_stage",
    "deal_of",
    "deals_of_card",
    "fold",
    "forecast",
    "grouped",
    "known_sources",
    "open_stages",
    "pipelines",
    "reasons",
    "stage_counts",
    "sums_by",
    "visible_to",
    "why",
    "with_rows",
    "won_by_month",
]
