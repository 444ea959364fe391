"""What may be done to any record. The first group are building blocks that write no event of their own."""

from crm_core.records.actions.bulk import NewCard, bulk_create_cards
from crm_core.records.actions.cards import UNCHANGED, create_card, lock_card, touch_card
from crm_core.records.actions.change_sets import finish_change_set, start_change_set
from crm_core.records.actions.marks import note_refusal, star, unstar, visit
from crm_core.records.actions.outcomes import Kept, Outcome
from crm_core.records.actions.ownership import assign, check_owner
from crm_core.records.actions.tags import add_tag, change_tag, create_tag, delete_tag, remove_tag, tag, untag
from crm_core.records.actions.trash import purge, purge_expired, restore, trash
from crm_core.records.actions.undo import undo_change_set

__all__ = [
    "UNCHANGED",
    "Kept",
    "NewCard",
    "Outcome",
    "add_tag",
    "assign",
    "bulk_create_cards",
    "change_tag",
    "check_owner",
    "create_card",
    "create_tag",
    "delete_tag",
    "finish_change_set",
    "lock_card",
    "note_refusal",
    "purge",
    "purge_expired",
    "remove_tag",
    "restore",
    "star",
    "start_change_set",
    "tag",
    "touch_card",
    "trash",
    "undo_change_set",
    "unstar",
    "untag",
    "visit",
]
