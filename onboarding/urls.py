"""URLs of the public site and account host that belong to arriving."""

from django.urls import path

from onboarding.views import invitations, leaving, sessions, signing_up, workspaces

app_name = "onboarding"

urlpatterns = [
    path("", signing_up.landing, name="landing"),
    path("signup/", signing_up.sign_up, name="signup"),
    path("signup/address/", signing_up.address, name="address"),
    path("signup/<uuid:signup_id>/opening/", signing_up.open_workspace, name="opening"),
    path("signup/<uuid:signup_id>/address/", signing_up.another_address, name="another_address"),
    path("signup/<uuid:signup_id>/removal/", signing_up.giving_up, name="giving_up"),
    path("workspaces/", workspaces.workspaces, name="workspaces"),
    path("workspaces/entry/", workspaces.after_sign_in, name="after_sign_in"),
    path("workspaces/find/", workspaces.find, name="find"),
    path("handover/", workspaces.handover, name="handover"),
    path("left/", workspaces.left, name="left"),
    path("leaving/<str:token>/", leaving.leaving, name="leaving"),
    path("invitations/<slug:slug>/<str:key>/", invitations.invitation, name="invitation"),
    path("account/sessions/", sessions.sessions, name="sessions"),
    path("account/sessions/ending/", sessions.all_endings, name="session_endings"),
    path(
        "account/sessions/<int:session_id>/ending/",
        sessions.account_session_ending,
        name="account_session_ending",
    ),
    path(
        "account/sessions/<uuid:handover_id>/ending/",
        sessions.workspace_session_ending,
        name="workspace_session_ending",
    ),
]
