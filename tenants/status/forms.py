"""Forms of the console about the status page: both languages side by side, because people read one of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenants.status.incidents import stages_of
from tenants.status.models import Incident
from tenants.status.parts import CHOICES, State
from ui.forms import Form, MomentField, TextField


class _Told(Form):
    """What people read, and which parts it concerns."""

    title_en = TextField(label=_("Heading in English"), max_length=120)
    title_ru = TextField(label=_("Heading in Russian"), max_length=120)
    text_en = TextField(
        label=_("In English"), max_length=600, rows=3, help_text=_("What people notice, and what we do.")
    )
    text_ru = TextField(label=_("In Russian"), max_length=600, rows=3)
    parts = forms.MultipleChoiceField(
        label=_("What it concerns"), choices=CHOICES, widget=forms.CheckboxSelectMultiple
    )


class TroubleForm(_Told):
    """Trouble that people notice now."""

    effect = forms.ChoiceField(
        label=_("How bad"),
        choices=[(State.LIMITED, _("Works with limits")), (State.DOWN, _("Does not work"))],
        initial=State.LIMITED,
        widget=forms.RadioSelect,
    )
    tenants = TextField(
        label=_("Only these companies"),
        required=False,
        max_length=2000,
        help_text=_("Their addresses' first words, separated by commas. Empty: everybody."),
    )

    field_order = ["effect", "parts", "title_en", "title_ru", "text_en", "text_ru", "tenants"]


class WorksForm(_Told):
    """Works that are announced for a time ahead."""

    starts_at = MomentField(label=_("From"), help_text=_("In UTC."))
    ends_at = MomentField(label=_("Until"), help_text=_("In UTC."))

    field_order = ["starts_at", "ends_at", "parts", "title_en", "title_ru", "text_en", "text_ru"]


class UpdateForm(Form):
    """What is known now; the stage before is chosen at first."""

    stage = forms.ChoiceField(label=pgettext_lazy("of an incident", "Stage"), widget=forms.RadioSelect)
    text_en = TextField(label=_("In English"), max_length=600, rows=3)
    text_ru = TextField(label=_("In Russian"), max_length=600, rows=3)

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, initial={"stage": incident.stage}, **kwargs)
        choices = [(stage.value, stage.label) for stage in stages_of(incident)]
        self.fields["stage"].choices = choices  # type: ignore[attr-defined]
