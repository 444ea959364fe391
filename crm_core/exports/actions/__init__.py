"""The actions of full exports. Import them from here."""

from crm_core.exports.actions.bringing_in import bring, bring_in, too_large
from crm_core.exports.actions.fetching import fetch, forget, forget_old, token_of
from crm_core.exports.actions.making import give_up_stale, make, start
from crm_core.exports.actions.rights import TAKE
from crm_core.exports.actions.taking_in import Reached, TakenIn, take_in

__all__ = [
    "TAKE",
    "Reached",
    "TakenIn",
    "bring",
    "bring_in",
    "fetch",
    "forget",
    "forget_old",
    "give_up_stale",
    "make",
    "start",
    "take_in",
    "token_of",
    "too_large",
]
