"""The team's forms: they read what people type; the actions decide."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.team import queries
from crm_core.team.actions.partners import LONGEST, extra_rights
from crm_core.team.models import Policy, Role
from kernel.rights import RIGHTS
from kernel.when import now, read_zone, today, zone_choices
from ui.forms import DateField, Form, TextField

_LANGUAGES = [("en", "English"), ("ru", "Русский")]


def languages() -> list[tuple[str, str]]:
    """Languages by their own names, so that everybody finds theirs."""
    known = dict(settings.LANGUAGES)
    return [(code, name) for code, name in _LANGUAGES if code in known]


class ProfileForm(Form):
    """One's own name, language and zone."""

    name = TextField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"))
    zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Times are shown and typed in this zone."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages()  # type: ignore[attr-defined]
        self.fields["zone"].choices = zone_choices(now(), keep=self["zone"].value() or "")  # type: ignore[attr-defined]


class LookForm(Form):
    """How the product looks to oneself."""

    theme = forms.ChoiceField(
        label=_("Colours"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", _("As the system")),
            ("light", pgettext_lazy("theme", "Light")),
            ("dark", pgettext_lazy("theme", "Dark")),
        ],
    )
    density = forms.ChoiceField(
        label=_("Lines in lists"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", pgettext_lazy("density", "Normal")),
            ("compact", pgettext_lazy("density", "Compact")),
            ("cosy", pgettext_lazy("density", "Roomy")),
        ],
    )
    hotkeys = forms.BooleanField(
        label=_("Single-letter keyboard shortcuts"),
        required=False,
        help_text=_("For example C for a new record. They never work while you type."),
    )


class MembershipForm(Form):
    """Role and team of a member. ``by`` is who gives them."""

    role = forms.ModelChoiceField(None, label=_("Role"), empty_label=None)
    team = forms.ModelChoiceField(None, label=_("Team"), required=False, empty_label=_("No team"))

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].queryset = queries.grantable_roles(by)  # type: ignore[attr-defined]
        self.fields["team"].queryset = queries.teams()  # type: ignore[attr-defined]

    def picked(self) -> dict[str, Any]:
        """The chosen ids, as the actions take them."""
        role, team = self.cleaned_data["role"], self.cleaned_data["team"]
        return {"role_id": role.id, "team_id": team.id if team else None}


class PresenceForm(Form):
    """Whether somebody is away or works part of the week."""

    away_until = DateField(
        label=_("Away until"),
        required=False,
        help_text=_("The last day of a holiday or an illness: a date, “Friday” or “+3” (days)."),
    )
    part_time = forms.BooleanField(label=_("Works part of the week"), required=False)

    @classmethod
    def of(cls, member: Any, given: Any = None) -> PresenceForm:
        """The form as it stands for a member, or with what was ``given``."""
        return cls(given, initial={"away_until": member.away_until, "part_time": member.part_time})


class InvitationForm(MembershipForm):
    """Who is invited, and as what."""

    email = TextField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("A letter with a link goes there. The link works for seven days."),
    )
    name = TextField(label=pgettext_lazy("of a person", "Name"), max_length=120, required=False)

    field_order = ["email", "name", "role", "team"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever invites in a hurry must not make an administrator by mistake.
        plain = self.fields["role"].queryset.filter(system=False)  # type: ignore[attr-defined]
        self.initial.setdefault("role", plain.last())


class PartnerForm(Form):
    """Until when a partner may enter, and which guarded rights are ticked. ``by`` is who decides."""

    until = DateField(
        label=_("Until"), help_text=_("The last day, at most 90 days ahead. It can be prolonged.")
    )
    extra = forms.MultipleChoiceField(
        label=_("Also allow"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Without a tick a partner never sees invoices, manages people, takes data out or closes anything."
        ),
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.initial.setdefault("until", today(by.zone) + timedelta(days=30))
        self.fields["extra"].choices = [  # type: ignore[attr-defined]
            (name, RIGHTS[name].words) for name in extra_rights(by)
        ]

    def clean_until(self) -> datetime:
        """The end of the day where ``by`` is, and never beyond what is allowed for the last possible day."""
        day: date = self.cleaned_data["until"]
        after = day + timedelta(days=1)
        end = datetime(after.year, after.month, after.day, tzinfo=read_zone(self.by.zone)).astimezone(UTC)
        return min(end, now() + LONGEST) if day <= today(self.by.zone) + LONGEST else end

    def picked(self) -> dict[str, Any]:
        """What the actions take."""
        return dict(self.cleaned_data)


class PartnerInvitationForm(PartnerForm):
    """Who is invited from outside, and what for."""

    email = TextField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("A letter with a link goes there. The link works for seven days."),
    )
    name = TextField(label=pgettext_lazy("of a person", "Name"), max_length=120, required=False)
    preset = forms.ChoiceField(
        label=_("What the partner may do"),
        choices=[
            ("look", _("Look: see records and settings of daily work, change nothing")),
            ("set_up", _("Set up: change records, import lists, arrange pipelines and headings")),
        ],
        initial="set_up",
        widget=forms.RadioSelect,
    )

    field_order = ["email", "name", "preset", "until", "extra"]


class RoleForm(Form):
    """A role: its name, whose records it sees, what it may do."""

    name = TextField(label=pgettext_lazy("of a thing", "Name"), max_length=80)
    visibility = forms.ChoiceField(
        label=_("Which records people with this role see in full"),
        choices=Role.Visibility.choices,
        widget=forms.RadioSelect,
        help_text=_("Of other records they see only the name and who is responsible."),
    )
    rights = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fixed = fixed
        self.fields["rights"].choices = [  # type: ignore[attr-defined]
            (right.name, right.words) for _group, rights in queries.rights_by_group() for right in rights
        ]
        if fixed:
            self.fields["visibility"].required = False

    def groups(self) -> list[tuple[str, list[tuple[str, Any, bool]]]]:
        """Heading → rights as (name, words, ticked)."""
        ticked = set(self["rights"].value() or [])
        return [
            (group, [(right.name, right.words, right.name in ticked) for right in rights])
            for group, rights in queries.rights_by_group()
        ]


class RoleRemovalForm(Form):
    """Which role the members get instead."""

    move_to = forms.ModelChoiceField(
        None, label=_("Its members get the role"), required=False, empty_label=_("Choose")
    )

    def __init__(self, *args: Any, role: Role, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = queries.grantable_roles(by).exclude(id=role.id)
        self.fields["move_to"].queryset = others  # type: ignore[attr-defined]


class TeamForm(Form):
    """A team and who belongs to it."""

    name = TextField(label=pgettext_lazy("of a thing", "Name"), max_length=80)
    members = forms.ModelMultipleChoiceField(
        None,
        label=_("Members"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everybody belongs to one team at most: who is chosen here leaves the former one."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = queries.active_members()  # type: ignore[attr-defined]

    def picked(self) -> dict[str, Any]:
        """Name and chosen ids, as the actions take them."""
        return {
            "name": self.cleaned_data["name"],
            "member_ids": [member.id for member in self.cleaned_data["members"]],
        }


class WorkspaceForm(Form):
    """What the workspace is called, and what newcomers start with."""

    name = TextField(label=_("Name of the workspace"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), help_text=_("For letters, and for people who join."))
    zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("For people who join, and for months in reports.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages()  # type: ignore[attr-defined]
        self.fields["zone"].choices = zone_choices(now(), keep=self["zone"].value() or "")  # type: ignore[attr-defined]


class DomainForm(Form):
    """A domain of one's own."""

    domain = TextField(
        label=_("Your domain"),
        max_length=300,
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        ),
        help_text=_("For example crm.example.com. You need access to its DNS settings."),
    )


class PolicyForm(Form):
    """The rules of safety."""

    require_second_factor = forms.BooleanField(
        label=_("Everybody needs a second step to sign in"),
        required=False,
        help_text=_(
            "A code from an app or a passkey, besides the password."
            " Who has none sets one up at the next entry."
        ),
    )
    idle_minutes = forms.TypedChoiceField(
        label=_("People are signed out"),
        choices=Policy.Idle.choices,
        coerce=int,
        help_text=_("Whoever comes back then proves anew who it is, and finds what was being written."),
    )
