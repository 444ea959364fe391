"""The front door of the identity room: the only module that other rooms import."""

from identity.actions import (
    after_secret_change,
    change_begun_password,
    check_password,
    create_account,
    drop_ended_sessions,
    drop_unconfirmed,
    end_session,
    end_sessions,
    keep_session,
    make_operator,
    note_consent,
    set_name,
    set_password,
)
from identity.entering import claim_letter, demand_proof, enter, proved_anew, sign_up
from identity.factors import is_on as second_factor_on
from identity.factors import reseal as reseal_factors
from identity.queries import (
    AccountSession,
    by_email,
    by_id,
    current,
    is_confirmed,
    name_of,
    network_of,
    sessions,
)
from identity.slowdown import forget_old as forget_old_attempts

__all__ = [
    "AccountSession",
    "after_secret_change",
    "by_email",
    "by_id",
    "change_begun_password",
    "check_password",
    "claim_letter",
    "create_account",
    "current",
    "demand_proof",
    "drop_ended_sessions",
    "drop_unconfirmed",
    "end_session",
    "end_sessions",
    "enter",
    "forget_old_attempts",
    "is_confirmed",
    "keep_session",
    "make_operator",
    "name_of",
    "network_of",
    "note_consent",
    "proved_anew",
    "reseal_factors",
    "second_factor_on",
    "sessions",
    "set_name",
    "set_password",
    "sign_up",
]
