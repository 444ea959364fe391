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
from tenants.backups.composing import Visitor, on_restored
from tenants.backups.nightly import run as recover_nightly
from tenants.backups.orders import ask as ask_recovery
from tenants.backups.orders import work as work_orders
from tenants.backups.queries import beside, copy_of, order_words, recovery
from tenants.backups.queries import ready as ready_snapshots
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
from tenants.erasing import on_erasure
from tenants.handovers import burn, end_session, issue, note_session, session_ended, sessions_of
from tenants.keeper import keep as keep_reserve
from tenants.leaving import by_token as departure_by_token
from tenants.leaving import keep as keep_workspace
from tenants.leaving import start as start_leaving
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
    "Visitor",
    "act_words",
    "activate",
    "active",
    "acts_for",
    "ask_recovery",
    "beside",
    "bump",
    "burn",
    "by_slug",
    "catch_up",
    "check_slug",
    "check_start",
    "close",
    "copy_of",
    "data_step",
    "departure_by_token",
    "end_session",
    "forget_old_watch",
    "hear_acts",
    "host_of",
    "inside",
    "issue",
    "join",
    "keep_reserve",
    "keep_workspace",
    "memberships",
    "meters",
    "note",
    "note_session",
    "notices_for",
    "on_erasure",
    "on_restored",
    "open_tenant",
    "order_words",
    "part",
    "proof_of",
    "prove",
    "ready_snapshots",
    "recover_nightly",
    "recovery",
    "rename",
    "report_meter",
    "report_meters",
    "resume",
    "schema_bytes",
    "session_ended",
    "sessions_of",
    "set_lease",
    "start_leaving",
    "suspend",
    "tenant",
    "tend_upgrades",
    "waiting",
    "work_orders",
]
