from django.urls import path

from crm_core.activities import views

app_name = "activities"

urlpatterns = [
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/quick/", views.quick, name="quick"),
    path("records/<uuid:card_id>/tasks/", views.planning, name="planning"),
    path("records/<uuid:card_id>/talks/", views.logging, name="logging"),
    path("activities/new/", views.creating, name="new"),
    path("activities/<uuid:id>/", views.editing, name="activity"),
    path("activities/<uuid:id>/completion/", views.completion, name="completion"),
    path("activities/<uuid:id>/reopening/", views.reopening, name="reopening"),
    path("activities/<uuid:id>/removal/", views.removal, name="removal"),
    path("activities/<uuid:id>/return/", views.returning, name="return"),
]
