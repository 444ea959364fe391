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
    report_meters,
    resume,
    set_lease,
    suspend,
)
from tenants.bulletin import Notice, notices_for
from tenants.console.acts import WORDS as ACT_WORDS
from tenants.console.acts import hear as hear_acts
from tenants.console.acts import note
from tenants.console.acts import words_of as act_words
from tenants.console.measuring import schema_bytes
from tenants.console.watch import forget_old as forget_old_watch
from tenants.console.watch import waiting
from tenants.database.starting import check as check_start
from tenants.entering import inside
from tenants.handovers import burn, end_session, issue, note_session, session_ended, sessions_of
from tenants.keeper import keep as keep_reserve
from tenants.models import OperatorAct, Tenant
from tenants.proving import proof_of, prove
from tenants.queries import active, acts_for, by_slug, memberships, meters, tenant
from tenants.upgrades.data import data_step
from tenants.upgrades.keeping import catch_up
from tenants.upgrades.keeping import tend as tend_upgrades

__all__ = [
    "ACT_WORDS",
    "Notice",
    "OperatorAct",
    "Tenant",
    "act_words",
    "activate",
    "active",
    "acts_for",
    "bump",
    "burn",
    "by_slug",
    "catch_up",
    "check_slug",
    "check_start",
    "close",
    "data_step",
    "end_session",
    "forget_old_watch",
    "hear_acts",
    "host_of",
    "inside",
    "issue",
    "join",
    "keep_reserve",
    "memberships",
    "meters",
    "note",
    "note_session",
    "notices_for",
    "open_tenant",
    "part",
    "proof_of",
    "prove",
    "rename",
    "report_meter",
    "report_meters",
    "resume",
    "schema_bytes",
    "session_ended",
    "sessions_of",
    "set_lease",
    "suspend",
    "tenant",
    "tend_upgrades",
    "waiting",
]
