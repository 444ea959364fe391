"""URLs of a workspace that belong to arriving and leaving: the way in works without a session, the questions need one."""

from django.urls import path

from onboarding.views import entrance, looking, questions, support

urlpatterns = [
    path("enter/", entrance.enter, name="enter"),
    path("enter/<str:ticket>/", entrance.arrive, name="arrive"),
    path("visit/<uuid:id>/", looking.approach, name="approach"),
    path("visit/<uuid:id>/<str:ticket>/", looking.arrive, name="visit"),
    path("leave/", entrance.leave, name="leave"),
    path("join/<str:key>/", entrance.join, name="join"),
    path("support/", support.questions, name="support"),
    path("support/new/", support.new_question, name="support_new"),
    path("support/<uuid:id>/", support.question, name="support_question"),
    path("support/<uuid:id>/solution/", support.solution, name="support_solution"),
    path("support/<uuid:id>/reopening/", support.reopening, name="support_reopening"),
    path("questions/", questions.start, name="questions"),
    path("questions/verdict/", questions.verdict, name="questions_verdict"),
    path("questions/goals/", questions.goals, name="questions_goals"),
    path("questions/readiness/", questions.readiness, name="questions_readiness"),
    path("questions/result/", questions.result, name="questions_result"),
    path("questions/skipping/", questions.skipping, name="questions_skipping"),
]
