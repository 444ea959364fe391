"""The archive that somebody brings."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ui.forms import Form


class ArchiveForm(Form):
    """The view looks at the file itself: forms read it whole."""

    file = forms.FileField(label=_("Archive"), required=False)
