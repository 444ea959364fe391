"""URLs of a workspace that belong to arriving and leaving: the way in works without a session, the questions need one."""

from django.urls import path

from onboarding.views import entrance, looking, questions

urlpatterns = [
    path("enter/", entrance.enter, name="enter"),
    path("enter/<str:ticket>/", entrance.arrive, name="arrive"),
    path("visit/<uuid:id>/", looking.approach, name="approach"),
    path("visit/<uuid:id>/<str:ticket>/", looking.arrive, name="visit"),
    path("leave/", entrance.leave, name="leave"),
    path("join/<str:key>/", entrance.join, name="join"),
    path("start/", questions.start, name="start"),
    path("start/verdict/", questions.verdict, name="start_verdict"),
    path("start/goals/", questions.goals, name="start_goals"),
    path("start/readiness/", questions.readiness, name="start_readiness"),
    path("start/result/", questions.result, name="start_result"),
    path("start/skipping/", questions.skipping, name="start_skipping"),
]
