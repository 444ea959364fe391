"""The verbs of sales. Callers import this package; its modules are nouns."""

from crm_core.sales.actions.bulk import DealRow, bulk_change_deals, bulk_create_deals, ensure_stages
from crm_core.sales.actions.deals import EDIT, VIEW, DateBeforeOpening, change_deal, open_deal
from crm_core.sales.actions.former import restore_values
from crm_core.sales.actions.lanes import bulk_move, move, reopen
from crm_core.sales.actions.outcomes import lose, win
from crm_core.sales.actions.pipelines import (
    SET_UP,
    add_pipeline,
    change_pipeline,
    order_pipelines,
    remove_pipeline,
)
from crm_core.sales.actions.reasons import add_reason, change_reason, remove_reason
from crm_core.sales.actions.stages import add_stage, change_stage, order_stages, remove_stage
from crm_core.sales.actions.usual import plan_usual

__all__ = [
    "EDIT",
    "SET_UP",
    "VIEW",
    "DateBeforeOpening",
    "DealRow",
    "add_pipeline",
    "add_reason",
    "add_stage",
    "bulk_change_deals",
    "bulk_create_deals",
    "bulk_move",
    "change_deal",
    "change_pipeline",
    "change_reason",
    "change_stage",
    "ensure_stages",
    "lose",
    "move",
    "open_deal",
    "order_pipelines",
    "order_stages",
    "plan_usual",
    "remove_pipeline",
    "remove_reason",
    "remove_stage",
    "reopen",
    "restore_values",
    "win",
]
