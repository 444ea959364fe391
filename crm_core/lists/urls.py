from django.urls import path

from crm_core.lists import views

app_name = "lists"

urlpatterns = [
    path("lists/<slug:table>/filter/", views.filter_page, name="filter"),
    path("lists/<slug:table>/columns/", views.columns, name="columns"),
    path("lists/<slug:table>/counts/", views.counts, name="counts"),
    path("lists/<slug:table>/lanes/<slug:board>/<str:key>/", views.lane, name="lane"),
    path("lists/<slug:table>/export/", views.export, name="export"),
    path("lists/<slug:table>/changes/<slug:name>/", views.bulk, name="bulk"),
    path("lists/<slug:table>/views/", views.all_views, name="views"),
    path("lists/<slug:table>/views/new/", views.new_view, name="new_view"),
    path("views/<uuid:id>/", views.view, name="view"),
    path("views/<uuid:id>/state/", views.state, name="state"),
    path("views/<uuid:id>/hiding/", views.hiding, name="hiding"),
    path("views/<uuid:id>/showing/", views.showing, name="showing"),
    path("views/<uuid:id>/removal/", views.removal, name="removal"),
    path("views/<uuid:id>/undoing/", views.undoing, name="undoing"),
    path("changes/<uuid:id>/undoing/", views.bulk_undoing, name="bulk_undoing"),
]
