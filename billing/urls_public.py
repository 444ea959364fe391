"""Addresses of billing on the public site."""

from django.urls import path

from billing.views import public

app_name = "billing_public"

urlpatterns = [
    path("prices/", public.prices, name="prices"),
    path("webhooks/payments/", public.deliveries, name="deliveries"),
]
