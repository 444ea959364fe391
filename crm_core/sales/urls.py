from django.urls import path

from crm_core.sales import views

app_name = "sales"

urlpatterns = [
    path("deals/", views.deals, name="deals"),
    path("deals/new/", views.new_deal, name="new_deal"),
    path("deals/clients/", views.clients, name="clients"),
    path("deals/contacts/", views.contacts, name="contacts"),
    path("deals/forecast/", views.forecast, name="forecast"),
    path("deals/reasons/", views.why, name="why"),
    path("deals/<uuid:id>/", views.deal, name="deal"),
    path("deals/<uuid:id>/fields/<slug:name>/", views.field, name="field"),
    path("deals/<uuid:id>/owner/", views.owner, name="owner"),
    path("deals/<uuid:id>/usual/", views.usual, name="usual"),
    path("deals/<uuid:id>/moving/", views.moving, name="moving"),
    path("deals/<uuid:id>/winning/", views.winning, name="winning"),
    path("deals/<uuid:id>/losing/", views.losing, name="losing"),
    path("deals/<uuid:id>/reopening/", views.reopening, name="reopening"),
    path("settings/pipelines/", views.pipelines, name="pipelines"),
    path("settings/pipelines/new/", views.new_pipeline, name="new_pipeline"),
    path("settings/pipelines/order/", views.pipeline_order, name="pipeline_order"),
    path("settings/pipelines/<uuid:id>/", views.pipeline, name="pipeline"),
    path("settings/pipelines/<uuid:id>/removal/", views.pipeline_removal, name="pipeline_removal"),
    path("settings/pipelines/<uuid:id>/stages/", views.new_stage, name="new_stage"),
    path("settings/pipelines/<uuid:id>/order/", views.stage_order, name="stage_order"),
    path("settings/stages/<uuid:id>/", views.stage, name="stage"),
    path("settings/stages/<uuid:id>/removal/", views.stage_removal, name="stage_removal"),
    path("settings/reasons/<str:kind>/", views.new_reason, name="new_reason"),
    path("settings/reason/<uuid:id>/", views.reason, name="reason"),
    path("settings/reason/<uuid:id>/state/", views.reason_state, name="reason_state"),
    path("settings/reason/<uuid:id>/removal/", views.reason_removal, name="reason_removal"),
]
