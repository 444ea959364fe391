"""What may be done with lists: views, changes of many rows, exports."""

from crm_core.lists.actions.bulk import Done, change_many
from crm_core.lists.actions.exporting import EXPORT, export_csv
from crm_core.lists.actions.views import (
    SHARE,
    Changed,
    add_report,
    create_view,
    default_views,
    delete_view,
    ensure_default_views,
    give_back,
    hide_view,
    may_change,
    rename_view,
    save_view,
    show_view,
)

__all__ = [
    "EXPORT",
    "SHARE",
    "Changed",
    "Done",
    "add_report",
    "change_many",
    "create_view",
    "default_views",
    "delete_view",
    "ensure_default_views",
    "export_csv",
    "give_back",
    "hide_view",
    "may_change",
    "rename_view",
    "save_view",
    "show_view",
]
