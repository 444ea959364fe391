"""The one form of notes."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_core.notes.actions import clean_text
from ui.forms import Form, ReadField


class NoteForm(Form):
    """A note's text; the action's own rule judges it."""

    text = ReadField(
        clean_text,
        label=_("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "aria-label": _("Note")}),
    )
