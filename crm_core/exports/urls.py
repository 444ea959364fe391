from django.urls import path

from crm_core.exports import views

app_name = "exports"

urlpatterns = [
    path("settings/export/", views.listing, name="list"),
    path("settings/export/arrival/", views.arrival, name="arrival"),
    path("settings/export/beginning/", views.beginning, name="beginning"),
    path("settings/export/<uuid:id>/fetching/", views.fetching, name="fetching"),
    path("settings/export/<uuid:id>/removal/", views.removal, name="removal"),
    path("settings/export/<uuid:id>/<str:token>/", views.archive, name="archive"),
]
