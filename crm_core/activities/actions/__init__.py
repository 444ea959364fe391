"""What may be done with activities."""

from crm_core.activities.actions.planning import (
    change_activity,
    complete,
    due_by,
    plan,
    plan_many,
    remove,
    reopen,
    reschedule,
    restore,
)
from crm_core.activities.actions.quick import Draft, read_quick
from crm_core.activities.actions.reminding import remind
from crm_core.activities.actions.rights import EDIT, VIEW
from crm_core.activities.actions.talks import NewActivity, bulk_add, log_call

__all__ = [
    "EDIT",
    "VIEW",
    "Draft",
    "NewActivity",
    "bulk_add",
    "change_activity",
    "complete",
    "due_by",
    "log_call",
    "plan",
    "plan_many",
    "read_quick",
    "remind",
    "remove",
    "reopen",
    "reschedule",
    "restore",
]
