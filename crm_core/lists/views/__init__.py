"""The pages behind a list's controls."""

from crm_core.lists.views.asking import columns, counts, filter_page, lane
from crm_core.lists.views.changing import bulk, bulk_undoing, export
from crm_core.lists.views.keeping import all_views, hiding, new_view, removal, showing, state, undoing, view

__all__ = [
    "all_views",
    "bulk",
    "bulk_undoing",
    "columns",
    "counts",
    "export",
    "filter_page",
    "hiding",
    "lane",
    "new_view",
    "removal",
    "showing",
    "state",
    "undoing",
    "view",
]
