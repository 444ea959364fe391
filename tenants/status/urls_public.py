"""The address of the status page on the public site."""

from django.urls import path

from tenants.status import views

app_name = "status"

urlpatterns = [path("", views.status, name="status")]
