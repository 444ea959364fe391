"""URLs of the operators' console."""

from django.urls import include, path

from tenants import views

app_name = "tenants"

urlpatterns = [
    path("", views.start, name="start"),
    path("tenants/", views.tenants, name="tenants"),
    path("tenants/<uuid:tenant_id>/", views.tenant, name="tenant"),
    path("tenants/<uuid:tenant_id>/suspension/", views.suspension, name="suspension"),
    path("tenants/<uuid:tenant_id>/resumption/", views.resumption, name="resumption"),
    path("jobs/", views.jobs, name="jobs"),
    path("upgrades/", include("tenants.upgrades.urls")),
]
