"""Help for lists, views, imports, exports, tags and the trash."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.guidance.keys import FORM
from kernel.guidance import guide


def declare() -> None:
    """The texts."""
    _views()
    _files()
    _order()


def _views() -> None:
    guide(
        "lists:filter",
        "lists:columns",
        purpose=_("Says which rows and columns the list shows."),
        first=_("Choose a field, then what it must be. Several conditions must all hold."),
        keys=FORM,
    )
    guide(
        "lists:views",
        "lists:new_view",
        "lists:view",
        purpose=_("A view is a list with its filters, columns and order, kept under a name."),
        first=_(
            "Name it by its question, such as “Without a next step”, and share it if others ask the same."
        ),
        keys=FORM,
    )
    guide(
        "lists:bulk",
        purpose=_("Changes many records at once. The whole change can be undone."),
        first=_("Check the number of records on top, then choose what is to change."),
        keys=FORM,
    )


def _files() -> None:
    guide(
        "imports:start",
        "imports:columns",
        "imports:reading",
        "imports:rows",
        "imports:row",
        purpose=_(
            "Brings your list here from a spreadsheet or another system. Nothing is written until you say so."
        ),
        first=_("Choose the file as it is. Terem shows what it understood; correct only what is wrong."),
    )
    guide(
        "imports:list",
        "imports:show",
        purpose=_("All imports with what each has brought. Every import can be undone as a whole."),
        first=_("Open the latest one and look at the rows that were left out."),
    )
    guide(
        "exports:list",
        "exports:arrival",
        purpose=_("Takes everything of the workspace out: open formats, with a description of every table."),
        first=_(
            "Press the button and go on working; the archive is ready in a while and stays for some days."
        ),
    )


def _order() -> None:
    guide(
        "records:tags",
        "records:tag",
        "records:tag_removal",
        purpose=_("Tags are words that everybody can put on clients and deals."),
        first=_("Keep few of them. What many clients have belongs into a heading."),
    )
    guide(
        "records:trash",
        "records:purging",
        purpose=_("What was removed stays here for thirty days and can be taken out again."),
        first=_("Find the record and take it out. Only what must never come back is removed for good."),
    )
    guide(
        "records:change_set",
        purpose=_("One change of many records: what it did, and a way to undo it."),
        first=_("Look at what would come back. What somebody has changed since stays as it is."),
    )
