"""The words for facts of the floors below: records and team."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm_core.team.models import Policy
from crm_core.timeline.wording import AUDIT, fields, say
from kernel.rights import RIGHTS
from tenants import api as tenants


def _rights(value: Any) -> str:
    return ", ".join(str(RIGHTS[name].words) if name in RIGHTS else name for name in value or [])


def _visibility(value: Any) -> str:
    from crm_core.team.models import Role

    return str(dict(Role.Visibility.choices).get(value, value))


def _language(value: Any) -> str:
    return gettext(dict(settings.LANGUAGES).get(value, value))


def _theme(value: Any) -> str:
    return {
        "": gettext("As the system"),
        "light": pgettext("theme", "Light"),
        "dark": pgettext("theme", "Dark"),
    }.get(value, value)


def _density(value: Any) -> str:
    return {
        "": pgettext("density", "Normal"),
        "compact": pgettext("density", "Compact"),
        "cosy": pgettext("density", "Roomy"),
    }.get(value, value)


def _idle(value: Any) -> str:
    return str(dict(Policy.Idle.choices).get(value, value))


def word_records() -> None:
    """The facts that any record can have."""
    fields("", {"owner": _("Owner"), "tags": _("Tags"), "name": pgettext_lazy("of a thing", "Name")})
    say("records.assigned", name=_("Owner changed"), icon="user-plus")
    say("records.tagged", text=_("Tag added: %(tag)s"), icon="tag")
    say("records.untagged", text=_("Tag removed: %(tag)s"), icon="tag")
    say("records.trashed", text=_("Moved to the trash"), icon="x")
    say("records.restored", text=_("Taken out of the trash"), icon="undo-2")
    say("records.purged", text=_("Removed for good"), icon="x", group=AUDIT)
    say("records.undone", text=_("Bulk change undone"), icon="undo-2")
    say("records.refused", text=_("Asked for a record without access to it"), icon="lock", group=AUDIT)
    say("records.viewed", text=_("Opened"), name=_("Client looked at"), icon="eye", group=AUDIT)
    say("records.tag_made", text=_("Tag made: %(name)s"), icon="tag", group=AUDIT)
    say("records.tag_changed", text=_("Tag changed: %(name)s"), icon="tag", group=AUDIT)
    say("records.tag_removed", text=_("Tag removed everywhere: %(name)s"), icon="tag", group=AUDIT)


def word_team() -> None:
    """What happens to people, roles and teams; it stands in the workspace's history only."""
    _name_team_fields()
    words = {
        "team.joined": _("Joined as %(role)s"),
        "team.changed": _("Role or team changed"),
        "team.deactivated": _("Deactivated"),
        "team.reactivated": _("Activated again"),
        "team.invited": _("Invited as %(role)s"),
        "team.invited_again": _("Invitation sent again"),
        "team.invitation_revoked": _("Invitation taken back"),
        "team.partner_invited": _("Invited as a partner until %(until)s"),
        "team.partner_prolonged": _("Partner’s access until %(until)s"),
        "team.partner_ended": _("Partner’s access ended"),
        "team.partner_over": _("Partner’s access over: its time has passed"),
        "team.role_made": _("Role made"),
        "team.role_changed": _("Role changed"),
        "team.role_removed": _("Role removed"),
        "team.team_made": _("Team made"),
        "team.team_changed": _("Team changed"),
        "team.team_removed": _("Team removed"),
        "team.entered": pgettext_lazy("fact in the history", "Signed in"),
        "team.session_ended": _("Session ended"),
        "team.profile_changed": _("Own profile changed"),
        "team.policy_changed": _("Safety rules changed"),
        "team.workspace_changed": _("Workspace changed"),
    }
    # What the line says of a person needs the person beside it.
    names = {
        "team.deactivated": _("Member deactivated"),
        "team.reactivated": _("Member activated again"),
        "team.changed": _("Member’s role or team changed"),
    }
    for verb, text in words.items():
        say(verb, text=text, name=names.get(verb, ""), group=AUDIT, icon="users")


def _name_team_fields() -> None:
    """What the fields of members, roles and teams are called in facts."""
    fields(
        "member",
        {
            "name": pgettext_lazy("of a person", "Name"),
            "role": _("Role"),
            "away_until": _("Away until"),
            "part_time": _("Works part of the week"),
            "team": _("Team"),
            "language": (_("Language"), _language),
        },
    )
    fields(
        "member", {"zone": _("Time zone"), "theme": (_("Theme"), _theme), "density": (_("Density"), _density)}
    )
    fields("member", {"hotkeys": _("Keyboard shortcuts")})
    fields("role", {"rights": (_("Rights"), _rights), "visibility": (_("Sees"), _visibility)})
    fields("team", {"members": _("Members")})
    fields("", {"require_second_factor": _("Second step at sign-in for everybody")})
    fields("", {"idle_minutes": (_("People are signed out"), _idle)})


def word_addresses() -> None:
    """Where the workspace answers; it stands in its history only."""
    words = {
        "team.domain_added": _("Own domain added: %(domain)s"),
        "team.domain_proved": _("Own domain proved and in service: %(domain)s"),
        "team.domain_removed": _("Own domain removed: %(domain)s"),
        "team.address_chosen": _("Main address: %(domain)s"),
    }
    for verb, text in words.items():
        say(verb, text=text, group=AUDIT, icon="globe")


def word_operators() -> None:
    """What operators of the platform did to the workspace; it stands in its history only."""
    for verb, words in tenants.ACT_WORDS.items():
        text = format_lazy("{words}: %(reason)s ({who})", words=words, who="%(operator)s")
        say(f"operator.{verb}", text=text, name=words, group=AUDIT, icon="shield")
