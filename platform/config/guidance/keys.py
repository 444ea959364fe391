"""The keys that several pages share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LIST = (
    ("J K", _("Next row, previous row")),
    ("Enter", pgettext_lazy("verb", "Open")),
    ("X", pgettext_lazy("verb", "Select")),
    ("C", _("Create")),
)
BOARD = (
    ("J K", _("Next card, previous card")),
    ("Alt →", _("Move the card to the next stage")),
    ("M", _("Choose a stage for the card")),
)
RECORD = (("E", pgettext_lazy("verb", "Edit")), ("C", _("Create")))
FORM = (("Esc", _("Close")),)
EVERYWHERE = (("/", _("Search or jump to")), ("?", _("This help")))
