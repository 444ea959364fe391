from django.urls import path

from crm_core.timeline import views

app_name = "timeline"

urlpatterns = [
    path("timeline/<uuid:card_id>/", views.feed, name="feed"),
    path("settings/history/", views.audit, name="audit"),
    path("settings/operators/", views.operators, name="operators"),
    path("settings/history/file/", views.audit_file, name="audit_file"),
]
