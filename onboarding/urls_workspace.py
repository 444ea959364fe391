"""URLs of a workspace that belong to arriving and leaving; they work without a session."""

from django.urls import path

from onboarding.views import entrance

urlpatterns = [
    path("enter/", entrance.enter, name="enter"),
    path("enter/<str:ticket>/", entrance.arrive, name="arrive"),
    path("leave/", entrance.leave, name="leave"),
    path("join/<str:key>/", entrance.join, name="join"),
]
