"""URLs of a workspace that belong to arriving and leaving; they work without a session."""

from django.urls import path

from onboarding.views import entrance, looking

urlpatterns = [
    path("enter/", entrance.enter, name="enter"),
    path("enter/<str:ticket>/", entrance.arrive, name="arrive"),
    path("visit/<uuid:id>/", looking.approach, name="approach"),
    path("visit/<uuid:id>/<str:ticket>/", looking.arrive, name="visit"),
    path("leave/", entrance.leave, name="leave"),
    path("join/<str:key>/", entrance.join, name="join"),
]
