"""Forms of the questionnaire. What was ticked or typed is kept with every step, so that nothing is asked twice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_core.setup.actions.growing import OWN_LONGEST
from crm_core.setup.queries import packs
from crm_core.setup.queries.questions import GOALS, GROUPS, HONEST, READINESS
from ui.forms import Form, TextField


class HonestForm(Form):
    """Three questions whether a shared base is needed at all."""

    def __init__(self, *args: Any, answers: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, initial=answers.get("honest", {}), **kwargs)
        for one in HONEST:
            self.fields[one.name] = forms.ChoiceField(
                label=one.words, choices=one.choices, widget=forms.RadioSelect
            )

    def told(self) -> dict[str, Any]:
        """What the action takes."""
        return {"honest": self.cleaned_data}


class GoalsForm(Form):
    """Eleven goals in three groups, words of one's own, and the line of business."""

    own = TextField(
        label=_("In your own words"),
        required=False,
        max_length=OWN_LONGEST,
        rows=3,
        help_text=_("What should be better in half a year? It is kept and shown with the stages."),
    )
    line = forms.ChoiceField(
        label=_("Your line of business"),
        required=False,
        help_text=_("It adds pipelines, headings and tags. You see them before."),
    )

    def __init__(self, *args: Any, answers: dict[str, Any], **kwargs: Any) -> None:
        ticked = answers.get("goals", [])
        initial = {"own": answers.get("own", ""), "line": answers.get("line", "")}
        initial |= {
            group: [one.name for one in GOALS if one.group == group and one.name in ticked]
            for group, _w in GROUPS
        }
        super().__init__(*args, initial=initial, **kwargs)
        for group, words in GROUPS:
            choices = [(one.name, one.words) for one in GOALS if one.group == group]
            self.fields[group] = forms.MultipleChoiceField(
                label=words, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
            )
        shelf = [(pack.key, pack.name) for pack in packs.packs(packs.language())]
        self.fields["line"].choices = [("", _("None of these")), *shelf]  # type: ignore[attr-defined]
        self.order_fields([group for group, _words in GROUPS] + ["own", "line"])

    def told(self) -> dict[str, Any]:
        """What the action takes."""
        given = self.cleaned_data
        goals = [name for group, _words in GROUPS for name in given[group]]
        return {"goals": goals, "own": given["own"], "line": given["line"]}


class ReadinessForm(Form):
    """Five questions that set the pace."""

    def __init__(self, *args: Any, answers: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, initial=answers.get("readiness", {}), **kwargs)
        for one in READINESS:
            self.fields[one.name] = forms.ChoiceField(
                label=one.words, choices=one.choices, widget=forms.RadioSelect
            )

    def told(self) -> dict[str, Any]:
        """What the action takes."""
        return {"readiness": self.cleaned_data}


class BeginForm(Form):
    """The plan is taken; with a line of business its pack may come along."""

    pack = forms.BooleanField(required=False, initial=True)

    def __init__(self, *args: Any, line: str, name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if line:
            self.fields["pack"].label = _("Add the pack “%(name)s” now") % {"name": name}
        else:
            del self.fields["pack"]
