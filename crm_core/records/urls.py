from django.urls import path

from crm_core.records import views

app_name = "records"

urlpatterns = [
    path("settings/trash/", views.trash, name="trash"),
    path("settings/trash/<uuid:id>/removal/", views.purging, name="purging"),
    path("settings/tags/", views.tags, name="tags"),
    path("settings/tags/<uuid:id>/", views.tag, name="tag"),
    path("settings/tags/<uuid:id>/removal/", views.tag_removal, name="tag_removal"),
    path("records/<uuid:id>/trash/", views.trashing, name="trashing"),
    path("records/<uuid:id>/restoration/", views.restoring, name="restoring"),
    path("records/<uuid:id>/star/", views.star, name="star"),
    path("records/<uuid:id>/tags/", views.tagging, name="tagging"),
    path("changes/<uuid:id>/", views.change_set, name="change_set"),
    path("changes/<uuid:id>/undoing/", views.undoing, name="undoing"),
]
