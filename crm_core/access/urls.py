from django.urls import path

from crm_core.access import views

app_name = "access"

urlpatterns = [
    path("settings/isolation/", views.isolation, name="isolation"),
    path("settings/access/", views.listing, name="list"),
    path("settings/access/<uuid:id>/granting/", views.granting, name="granting"),
    path("settings/access/<uuid:id>/refusal/", views.refusal, name="refusal"),
    path("settings/access/<uuid:id>/ending/", views.ending, name="ending"),
]
