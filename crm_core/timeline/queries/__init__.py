"""Reading facts: a record's timeline, and the history of the workspace."""

from crm_core.timeline.queries.entries import Change, Day, Entry
from crm_core.timeline.queries.feed import Feed, feed
from crm_core.timeline.queries.history import FILTERS, History, Wanted, history, mass_exports

__all__ = [
    "FILTERS",
    "Change",
    "Day",
    "Entry",
    "Feed",
    "History",
    "Wanted",
    "feed",
    "history",
    "mass_exports",
]
