from django.urls import path

from crm_core.team.views import address, members, partners, profile, roles, teams, workspace

app_name = "team"

urlpatterns = [
    path("settings/profile/", profile.profile, name="profile"),
    path("settings/profile/look/", profile.look, name="look"),
    path("settings/sessions/", profile.sessions, name="sessions"),
    path("settings/sessions/others/ending/", profile.sessions_end, name="session_endings"),
    path("settings/sessions/<uuid:id>/ending/", profile.session_end, name="session_ending"),
    path("settings/members/", members.members, name="members"),
    path("settings/members/invitation/", members.invite, name="invitation"),
    path("settings/invitations/<uuid:id>/letter/", members.resend, name="invitation_letter"),
    path("settings/invitations/<uuid:id>/revocation/", members.revoke, name="invitation_revocation"),
    path("settings/members/partner/", partners.invite, name="partner_invitation"),
    path("settings/members/<uuid:id>/partner/", partners.partner, name="partner"),
    path("settings/members/<uuid:id>/partner/ending/", partners.ending, name="partner_ending"),
    path("settings/members/<uuid:id>/", members.member, name="member"),
    path("settings/members/<uuid:id>/presence/", members.presence, name="presence"),
    path("settings/members/<uuid:id>/deactivation/", members.deactivate, name="deactivation"),
    path("settings/members/<uuid:id>/reactivation/", members.reactivate, name="reactivation"),
    path("settings/roles/", roles.roles, name="roles"),
    path("settings/roles/new/", roles.create, name="role_new"),
    path("settings/roles/<uuid:id>/", roles.role, name="role"),
    path("settings/roles/<uuid:id>/removal/", roles.removal, name="role_removal"),
    path("settings/teams/", teams.teams, name="teams"),
    path("settings/teams/new/", teams.create, name="team_new"),
    path("settings/teams/<uuid:id>/", teams.team, name="team"),
    path("settings/teams/<uuid:id>/removal/", teams.removal, name="team_removal"),
    path("settings/workspace/", workspace.workspace, name="policy"),
    path("settings/workspace/rules/", workspace.rules, name="rules"),
    path("settings/address/", address.address, name="address"),
    path("settings/address/precedence/", address.own_precedence, name="own_precedence"),
    path("settings/address/<uuid:id>/check/", address.check, name="domain_check"),
    path("settings/address/<uuid:id>/precedence/", address.precedence, name="domain_precedence"),
    path("settings/address/<uuid:id>/removal/", address.removal, name="domain_removal"),
]
