"""Addresses of billing in a workspace."""

from django.urls import path

from billing.views import workspace

app_name = "billing"

urlpatterns = [
    path("settings/billing/", workspace.plan, name="plan"),
    path("settings/billing/usage/", workspace.usage, name="usage"),
    path("settings/billing/calculator/", workspace.calculating, name="calculating"),
    path("settings/billing/checkout/", workspace.checkout, name="checkout"),
    path("settings/billing/arrival/", workspace.arrival, name="arrival"),
    path("settings/billing/change/", workspace.changing, name="change"),
    path("settings/billing/portal/", workspace.portal, name="portal"),
    path("settings/billing/details/", workspace.details, name="details"),
    path("settings/billing/pause/", workspace.pause, name="pause"),
    path("settings/billing/cancellation/", workspace.cancellation, name="cancellation"),
]
