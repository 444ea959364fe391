"""Addresses of the console about the status page; they belong to the namespace of tenants."""

from django.urls import path

from tenants.status import views

urlpatterns = [
    path("", views.all_incidents, name="incidents"),
    path("new/", views.new_trouble, name="new_trouble"),
    path("works/", views.new_works, name="new_works"),
    path("<uuid:incident_id>/", views.incident, name="incident"),
]
