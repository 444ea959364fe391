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
from tenants.bulletin import Notice, Trouble, notices_for, trouble_for
from tenants.console.acts import WORDS as ACT_WORDS
from tenants.console.acts import hear as hear_acts
from tenants.console.acts import note
from tenants.console.acts import words_of as act_words
from tenants.console.measuring import schema_bytes
from tenants.console.watch import forget_old as forget_old_watch
from tenants.console.watch import waiting
from tenants.database.starting import check as check_start
from tenants.domains.asking import ask as ask_dns
from tenants.domains.nightly import recheck as recheck_domains
from tenants.domains.owning import add as add_domain
from tenants.domains.owning import make_primary as make_primary_domain
from tenants.domains.owning import note_answers as note_domain
from tenants.domains.owning import remove as remove_domain
from tenants.domains.queries import domain_of, domains_of, is_address_of, primary_host, primary_hosts
from tenants.entering import administrators, inside
from tenants.erasing import on_erasure
from tenants.examples import example_of, keep_example, open_example, remove_example
from tenants.handovers import burn, end_session, issue, session_ended, sessions_of
from tenants.hearing import on_departure, on_meter
from tenants.keeper import keep as keep_reserve
from tenants.leaving import by_token as departure_by_token
from tenants.leaving import keep as keep_workspace
from tenants.leaving import start as start_leaving
from tenants.metering import days_used, uses, uses_by_day
from tenants.metering import fold as fold_uses
from tenants.metering import forget_old as forget_old_uses
from tenants.metering import recount as recount_uses
from tenants.models import OperatorAct, Tenant
from tenants.moving import go_on, hold_still, release_address, send_on
from tenants.proving import proof_of, prove
from tenants.queries import active, acts_for, by_slug, membership, memberships, meters, tenant
from tenants.status.checks import Finding
from tenants.status.checks import record as record_checks
from tenants.status.probes import backups as check_backups
from tenants.status.probes import work as check_work
from tenants.status.probes import workspaces as check_workspaces
from tenants.support.asking import Asker, Whence
from tenants.support.asking import add as add_to_question
from tenants.support.asking import ask as ask_support
from tenants.support.asking import clean_text as clean_question
from tenants.support.asking import reopen as reopen_question
from tenants.support.asking import solve as solve_question
from tenants.support.models import Question
from tenants.support.queries import messages as said_about
from tenants.support.queries import of_company as questions_of
from tenants.support.queries import original as original_of
from tenants.support.queries import page as page_of_questions
from tenants.support.queries import question_for
from tenants.support.queries import taken_out as questions_taken_out
from tenants.upgrades.data import data_step
from tenants.upgrades.keeping import catch_up
from tenants.upgrades.keeping import tend as tend_upgrades

__all__ = [
    "ACT_WORDS",
    "Asker",
    "Finding",
    "Notice",
    "OperatorAct",
    "Question",
    "Tenant",
    "Trouble",
    "Visitor",
    "Whence",
    "act_words",
    "activate",
    "active",
    "acts_for",
    "add_domain",
    "add_to_question",
    "administrators",
    "ask_dns",
    "ask_recovery",
    "ask_support",
    "beside",
    "bump",
    "burn",
    "by_slug",
    "catch_up",
    "check_backups",
    "check_slug",
    "check_start",
    "check_work",
    "check_workspaces",
    "clean_question",
    "close",
    "copy_of",
    "data_step",
    "days_used",
    "departure_by_token",
    "domain_of",
    "domains_of",
    "end_session",
    "example_of",
    "fold_uses",
    "forget_old_uses",
    "forget_old_watch",
    "go_on",
    "hear_acts",
    "hold_still",
    "host_of",
    "inside",
    "is_address_of",
    "issue",
    "join",
    "keep_example",
    "keep_reserve",
    "keep_workspace",
    "make_primary_domain",
    "membership",
    "memberships",
    "meters",
    "note",
    "note_domain",
    "notices_for",
    "on_departure",
    "on_erasure",
    "on_meter",
    "on_restored",
    "open_example",
    "open_tenant",
    "order_words",
    "original_of",
    "page_of_questions",
    "part",
    "primary_host",
    "primary_hosts",
    "proof_of",
    "prove",
    "question_for",
    "questions_of",
    "questions_taken_out",
    "ready_snapshots",
    "recheck_domains",
    "record_checks",
    "recount_uses",
    "recover_nightly",
    "recovery",
    "release_address",
    "remove_domain",
    "remove_example",
    "rename",
    "reopen_question",
    "report_meter",
    "report_meters",
    "resume",
    "said_about",
    "schema_bytes",
    "send_on",
    "session_ended",
    "sessions_of",
    "set_lease",
    "solve_question",
    "start_leaving",
    "suspend",
    "tenant",
    "tend_upgrades",
    "trouble_for",
    "uses",
    "uses_by_day",
    "waiting",
    "work_orders",
]
