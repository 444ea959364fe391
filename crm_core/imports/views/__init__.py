"""The pages of imports."""

from crm_core.imports.views.reports import continuation, listing, show, stopping, undoing
from crm_core.imports.views.rows import download, row, rows
from crm_core.imports.views.wizard import beginning, columns, reading, removal, start

__all__ = [
    "beginning",
    "columns",
    "continuation",
    "download",
    "listing",
    "reading",
    "removal",
    "row",
    "rows",
    "show",
    "start",
    "stopping",
    "undoing",
]
