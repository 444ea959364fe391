"""URLs of backups in the settings."""

from django.urls import path

from crm_core.setup import views

app_name = "setup"

urlpatterns = [
    path("settings/backups/", views.backups, name="backups"),
    path("settings/backups/order/", views.order, name="order"),
    path("settings/backups/closing/", views.closing, name="closing"),
    path("settings/backups/<uuid:copy>/record/", views.record, name="record"),
]
