"""URLs of the operators' console."""

from django.urls import path

from tenants import views
from tenants.backups import views as recovery

app_name = "tenants"

urlpatterns = [
    path("", views.start, name="start"),
    path("tenants/", views.tenants, name="tenants"),
    path("tenants/<uuid:tenant_id>/", views.tenant, name="tenant"),
    path("tenants/<uuid:tenant_id>/suspension/", views.suspension, name="suspension"),
    path("tenants/<uuid:tenant_id>/resumption/", views.resumption, name="resumption"),
    path("tenants/<uuid:tenant_id>/backups/", recovery.backups, name="backups"),
    path("tenants/<uuid:tenant_id>/backups/order/", recovery.order, name="order"),
    path("tenants/<uuid:tenant_id>/closing/", recovery.closing, name="closing"),
    path("tenants/<uuid:tenant_id>/staying/", recovery.staying, name="staying"),
    path("jobs/", views.jobs, name="jobs"),
]
