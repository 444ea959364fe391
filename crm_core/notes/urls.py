from django.urls import path

from crm_core.notes import views

app_name = "notes"

urlpatterns = [
    path("records/<uuid:card_id>/notes/", views.adding, name="adding"),
    path("notes/<uuid:id>/", views.editing, name="note"),
    path("notes/<uuid:id>/removal/", views.removal, name="removal"),
    path("notes/<uuid:id>/return/", views.returning, name="return"),
]
