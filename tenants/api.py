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
from tenants.entering import inside
from tenants.handovers import burn, end_session, issue, note_session, session_ended, sessions_of
from tenants.keeper import keep as keep_reserve
from tenants.models import Tenant
from tenants.queries import active, by_slug, memberships, meters, tenant
from tenants.upgrades.data import data_step
from tenants.upgrades.keeping import catch_up
from tenants.upgrades.keeping import tend as tend_upgrades

__all__ = [
    "Tenant",
    "activate",
    "active",
    "bump",
    "burn",
    "by_slug",
    "catch_up",
    "check_slug",
    "close",
    "data_step",
    "end_session",
    "host_of",
    "inside",
    "issue",
    "join",
    "keep_reserve",
    "memberships",
    "meters",
    "note_session",
    "open_tenant",
    "part",
    "rename",
    "report_meter",
    "resume",
    "session_ended",
    "sessions_of",
    "set_lease",
    "suspend",
    "tenant",
    "tend_upgrades",
]
