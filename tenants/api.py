"""The front door of the tenants room: the only module that other rooms import."""

from tenants.actions import (
    activate,
    bump,
    check_slug,
    close,
    host_of,
    join,
    open_tenant,
    part,
    rename,
    report_meter,
    resume,
    set_lease,
    suspend,
)
from tenants.backups.composing import Visitor, on_restored
from tenants.backups.nightly import run as recover_nightly
from tenants.backups.orders import ask as ask_recovery
from tenants.backups.orders import work as work_orders
from tenants.backups.queries import copy_of, order_words, recovery
from tenants.backups.queries import ready as ready_snapshots
from tenants.entering import inside
from tenants.erasing import on_erasure
from tenants.handovers import burn, end_session, issue, note_session, session_ended, sessions_of
from tenants.keeper import keep as keep_reserve
from tenants.leaving import by_token as departure_by_token
from tenants.leaving import keep as keep_workspace
from tenants.leaving import start as start_leaving
from tenants.models import Tenant
from tenants.queries import active, by_slug, memberships, meters, tenant

__all__ = [
    "Tenant",
    "Visitor",
    "activate",
    "active",
    "ask_recovery",
    "bump",
    "burn",
    "by_slug",
    "check_slug",
    "close",
    "copy_of",
    "departure_by_token",
    "end_session",
    "host_of",
    "inside",
    "issue",
    "join",
    "keep_reserve",
    "keep_workspace",
    "memberships",
    "meters",
    "note_session",
    "on_erasure",
    "on_restored",
    "open_tenant",
    "order_words",
    "part",
    "ready_snapshots",
    "recover_nightly",
    "recovery",
    "rename",
    "report_meter",
    "resume",
    "session_ended",
    "sessions_of",
    "set_lease",
    "start_leaving",
    "suspend",
    "tenant",
    "work_orders",
]
