"""The filter of the workspace's history."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.events.models import Event
from crm_core.records import registry
from crm_core.team import queries as team
from crm_core.timeline import wording
from crm_core.timeline.queries import Wanted
from ui.forms import DateField, Form

EVERYTHING = ("", pgettext_lazy("facts in the history", "Everything"))
WHAT = (
    EVERYTHING,
    ("records", _("Records")),
    ("people", _("People, roles and sessions")),
    ("views", _("Looks at clients")),
    ("exports", _("Exports")),
    ("operator", _("The operator")),
    ("refused", _("Asked for without access")),
)


class HistoryForm(Form):
    """What happened, who did it, to what, how and when; anything untrue in the address filters nothing."""

    what = forms.ChoiceField(choices=WHAT, required=False, label=_("What happened"))
    who = forms.ModelChoiceField(None, required=False, label=_("Who"), empty_label=_("Everybody"))
    kind = forms.ChoiceField(required=False, label=_("Kind of record"))
    record = forms.CharField(required=False, max_length=100, label=_("Name of the record"))
    verb = forms.ChoiceField(required=False, label=_("Fact"))
    cause = forms.ChoiceField(
        required=False,
        label=pgettext_lazy("a fact came about", "How"),
        choices=[("", pgettext_lazy("cause", "Any")), *Event.Cause.choices],
    )
    since = DateField(required=False, label=_("From day"))
    until = DateField(required=False, label=_("To day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].queryset = team.members()  # type: ignore[attr-defined]
        kinds = [(kind.name, kind.many) for kind in registry.kinds()]
        self.fields["kind"].choices = [EVERYTHING, *kinds]  # type: ignore[attr-defined]
        self.fields["verb"].choices = [EVERYTHING, *wording.names()]  # type: ignore[attr-defined]

    def wanted(self, zone: str) -> Wanted:
        """The filter that the address asks for, for a reader in ``zone``."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value and name != "who"}
        actor = self.cleaned_data.get("who")
        return Wanted(actor=actor.id if actor else None, zone=zone, **given)
