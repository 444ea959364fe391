"""Addresses of billing in the operators' console."""

from django.urls import path

from billing.views import operators

app_name = "billing_operator"

urlpatterns = [
    path("deliveries/", operators.deliveries, name="deliveries"),
    path("deliveries/comparison/", operators.comparison, name="comparison"),
    path("deliveries/<uuid:id>/retry/", operators.retry, name="retry"),
]
