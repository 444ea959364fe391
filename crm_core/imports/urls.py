from django.urls import path

from crm_core.imports import views

app_name = "imports"

urlpatterns = [
    path("imports/", views.listing, name="list"),
    path("imports/new/", views.start, name="start"),
    path("imports/<uuid:id>/", views.show, name="show"),
    path("imports/<uuid:id>/columns/", views.columns, name="columns"),
    path("imports/<uuid:id>/reading/", views.reading, name="reading"),
    path("imports/<uuid:id>/beginning/", views.beginning, name="beginning"),
    path("imports/<uuid:id>/removal/", views.removal, name="removal"),
    path("imports/<uuid:id>/stopping/", views.stopping, name="stopping"),
    path("imports/<uuid:id>/continuation/", views.continuation, name="continuation"),
    path("imports/<uuid:id>/undoing/", views.undoing, name="undoing"),
    path("imports/<uuid:id>/rows/", views.rows, name="rows"),
    path("imports/<uuid:id>/rows/<int:number>/", views.row, name="row"),
    path("imports/<uuid:id>/rows.csv", views.download, name="download"),
]
