"""Pages of sales."""

from crm_core.sales.views.board import deals, moving
from crm_core.sales.views.closing import losing, reopening, winning
from crm_core.sales.views.opening import clients, contacts, new_deal
from crm_core.sales.views.record import deal, field, owner, usual
from crm_core.sales.views.reports import forecast, why
from crm_core.sales.views.settings import (
    new_pipeline,
    new_reason,
    new_stage,
    pipeline,
    pipeline_order,
    pipeline_removal,
    pipelines,
    reason,
    reason_removal,
    reason_state,
    stage,
    stage_order,
    stage_removal,
)

__all__ = [
    "clients",
    "contacts",
    "deal",
    "deals",
    "field",
    "forecast",
    "losing",
    "moving",
    "new_deal",
    "new_pipeline",
    "new_reason",
    "new_stage",
    "owner",
    "pipeline",
    "pipeline_order",
    "pipeline_removal",
    "pipelines",
    "reason",
    "reason_removal",
    "reason_state",
    "reopening",
    "stage",
    "stage_order",
    "stage_removal",
    "usual",
    "why",
    "winning",
]
