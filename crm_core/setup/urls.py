"""URLs of stages, packs, use and backups in the settings."""

from django.urls import path

from crm_core.setup.views import adoption, backups, examples, packs, stages, tours, training

app_name = "setup"

urlpatterns = [
    path("settings/growth/", stages.stages, name="stages"),
    path("settings/growth/everything/", stages.everything, name="everything"),
    path("settings/growth/parts/<str:name>/", stages.part, name="part"),
    path("settings/growth/<int:number>/taking/", stages.taking, name="taking"),
    path("settings/packs/", packs.packs, name="packs"),
    path("settings/packs/<slug:key>/", packs.pack, name="pack"),
    path("settings/packs/<uuid:id>/undoing/", packs.undoing, name="pack_undoing"),
    path("settings/example/", examples.example, name="example"),
    path("settings/example/<slug:key>/opening/", examples.opening, name="example_opening"),
    path("settings/example/removal/", examples.removal, name="example_removal"),
    path("tours/", tours.tours, name="tours"),
    path("tours/<slug:name>/turning/", tours.turning, name="tour_turning"),
    path("tours/<slug:name>/leaving/", tours.leaving, name="tour_leaving"),
    path("settings/use/", adoption.adoption, name="adoption"),
    path("training/away/", training.putting_away, name="training_away"),
    path("training/return/", training.returning, name="training_return"),
    path("settings/backups/", backups.backups, name="backups"),
    path("settings/backups/order/", backups.order, name="order"),
    path("settings/backups/closing/", backups.closing, name="closing"),
    path("settings/backups/<uuid:copy>/record/", backups.record, name="record"),
]
