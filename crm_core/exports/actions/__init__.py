"""The actions of full exports. Import them from here."""

from crm_core.exports.actions.fetching import fetch, forget, forget_old, token_of
from crm_core.exports.actions.making import give_up_stale, make, start
from crm_core.exports.actions.rights import TAKE

__all__ = ["TAKE", "fetch", "forget", "forget_old", "give_up_stale", "make", "start", "token_of"]
