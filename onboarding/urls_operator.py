"""URLs of the operators' console that lead into workspaces, where an administrator allowed it."""

from django.urls import path

from onboarding.views import looking

app_name = "looking"

urlpatterns = [
    path("tenants/<uuid:tenant_id>/access/", looking.asking, name="asking"),
    path("access/<uuid:id>/ticket/", looking.ticket, name="ticket"),
]
