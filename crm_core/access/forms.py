"""The answer to an operator's request."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from crm_core.access.actions import HOURS
from ui.forms import Form

WAYS = (("", _("Reading only")), ("changes", _("Reading and changing")))


def _hours(number: int) -> str:
    return str(ngettext_lazy("%(hours)d hour", "%(hours)d hours", "hours") % {"hours": number})


class GrantForm(Form):
    """For how long, and whether anything may be changed."""

    hours = forms.TypedChoiceField(coerce=int, label=_("For how long"), initial=1)
    way = forms.ChoiceField(choices=WAYS, required=False, label=_("What the operator may do"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hours"].choices = [(number, _hours(number)) for number in HOURS]  # type: ignore[attr-defined]
