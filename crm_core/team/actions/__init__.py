"""What may be done to the team: people, invitations, roles, teams, sessions, preferences, rules."""

from crm_core.team.actions.addresses import add_domain, check_domain, make_primary, remove_domain
from crm_core.team.actions.invitations import accept, invite, resend, revoke
from crm_core.team.actions.members import add_member, change_member, deactivate, reactivate, set_presence
from crm_core.team.actions.partners import (
    end_over,
    end_partner,
    invite_partner,
    prolong_partner,
)
from crm_core.team.actions.preferences import (
    change_look,
    change_profile,
    dismiss,
    follow_account,
    read_news,
)
from crm_core.team.actions.rights import MANAGE, SEE_JOBS
from crm_core.team.actions.roles import add_role, change_role, create_role, delete_role
from crm_core.team.actions.rules import keep_parts, rename_workspace, set_policy
from crm_core.team.actions.sessions import (
    end_every_session,
    end_other_sessions,
    end_session,
    note_seen,
    open_session,
)
from crm_core.team.actions.teams import add_team, change_team, create_team, delete_team

__all__ = [
    "MANAGE",
    "SEE_JOBS",
    "accept",
    "add_domain",
    "add_member",
    "add_role",
    "add_team",
    "change_look",
    "change_member",
    "change_profile",
    "change_role",
    "change_team",
    "check_domain",
    "create_role",
    "create_team",
    "deactivate",
    "delete_role",
    "delete_team",
    "dismiss",
    "end_every_session",
    "end_other_sessions",
    "end_over",
    "end_partner",
    "end_session",
    "follow_account",
    "invite",
    "invite_partner",
    "keep_parts",
    "make_primary",
    "note_seen",
    "open_session",
    "prolong_partner",
    "reactivate",
    "read_news",
    "remove_domain",
    "rename_workspace",
    "resend",
    "revoke",
    "set_policy",
    "set_presence",
]
