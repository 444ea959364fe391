"""Addresses of billing in the operators' console."""

from django.urls import path

from billing.views import operators, revenue

app_name = "billing_operator"

urlpatterns = [
    path("revenue/", revenue.revenue, name="revenue"),
    path("tenants/<uuid:tenant_id>/billing/", revenue.company, name="company"),
    path("tenants/<uuid:tenant_id>/billing/credit/", revenue.credit, name="credit"),
    path("tenants/<uuid:tenant_id>/billing/trial/", revenue.trial, name="trial"),
    path("tenants/<uuid:tenant_id>/billing/plan/", revenue.placing, name="placing"),
    path("deliveries/", operators.deliveries, name="deliveries"),
    path("deliveries/comparison/", operators.comparison, name="comparison"),
    path("deliveries/<uuid:id>/retry/", operators.retry, name="retry"),
]
