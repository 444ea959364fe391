"""The filter of the workspace's history."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.team import queries as team
from ui.forms import Form

WHAT = (
    ("", pgettext_lazy("facts in the history", "Everything")),
    ("records", _("Records")),
    ("people", _("People, roles and sessions")),
    ("refused", _("Asked for without access")),
    ("operators", _("What operators did")),
)


class HistoryForm(Form):
    """What happened and who did it; anything untrue in the address filters nothing."""

    what = forms.ChoiceField(choices=WHAT, required=False, label=_("What happened"))
    who = forms.ModelChoiceField(None, required=False, label=_("Who"), empty_label=_("Everybody"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].queryset = team.members()  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """The arguments of :func:`crm_core.timeline.queries.history`."""
        self.is_valid()
        actor = self.cleaned_data.get("who")
        return {"what": self.cleaned_data.get("what", ""), "actor": actor.id if actor else None}
