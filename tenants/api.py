"""The front door of the tenants room: the only module that other rooms import."""

from tenants.actions import (
    activate,
    bump,
    check_slug,
    close,
    host_of,
    join,
    note,
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
from tenants.proving import proof_of, prove
from tenants.queries import active, by_slug, memberships, meters, tenant

__all__ = [
    "Tenant",
    "activate",
    "active",
    "bump",
    "burn",
    "by_slug",
    "check_slug",
    "close",
    "end_session",
    "host_of",
    "inside",
    "issue",
    "join",
    "keep_reserve",
    "memberships",
    "meters",
    "note",
    "note_session",
    "open_tenant",
    "part",
    "proof_of",
    "prove",
    "rename",
    "report_meter",
    "resume",
    "session_ended",
    "sessions_of",
    "set_lease",
    "suspend",
    "tenant",
]
