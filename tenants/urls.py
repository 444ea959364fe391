"""URLs of the operators' console."""

from django.urls import path

from tenants.views import companies, jobs

app_name = "tenants"

urlpatterns = [
    path("", companies.start, name="start"),
    path("tenants/", companies.tenants, name="tenants"),
    path("tenants/<uuid:tenant_id>/", companies.tenant, name="tenant"),
    path("tenants/<uuid:tenant_id>/suspension/", companies.suspension, name="suspension"),
    path("tenants/<uuid:tenant_id>/resumption/", companies.resumption, name="resumption"),
    path("jobs/", jobs.jobs, name="jobs"),
]
