from django.urls import path

from crm_core.clients import views

app_name = "clients"

urlpatterns = [
    path("companies/", views.companies, name="companies"),
    path("companies/new/", views.new_company, name="new_company"),
    path("companies/<uuid:id>/", views.company, name="company"),
    path("companies/<uuid:id>/related/", views.company_related, name="company_related"),
    path("companies/<uuid:id>/contacts/", views.company_ways, name="company_ways"),
    path("companies/<uuid:id>/fields/<str:name>/", views.company_field, name="company_field"),
    path("companies/<uuid:id>/taking/", views.company_taking, name="company_taking"),
    path("people/", views.people, name="people"),
    path("people/new/", views.new_person, name="new_person"),
    path("people/<uuid:id>/", views.person, name="person"),
    path("people/<uuid:id>/related/", views.person_related, name="person_related"),
    path("people/<uuid:id>/contacts/", views.person_ways, name="person_ways"),
    path("people/<uuid:id>/fields/<str:name>/", views.person_field, name="person_field"),
    path("people/<uuid:id>/taking/", views.person_taking, name="person_taking"),
    path("people/<uuid:id>/employments/", views.employing, name="employing"),
    path("people/<uuid:id>/employments/<uuid:company_id>/removal/", views.leaving, name="leaving"),
    path("clients/<str:kind>/choices/", views.choices, name="choices"),
    path("clients/<str:kind>/doubles/", views.doubles, name="doubles"),
    path("settings/headings/", views.headings, name="headings"),
    path("settings/headings/<uuid:id>/", views.heading, name="heading"),
    path("settings/headings/<uuid:id>/values/", views.heading_values, name="heading_values"),
    path("settings/headings/<uuid:id>/order/", views.heading_order, name="heading_order"),
    path("settings/headings/<uuid:id>/removal/", views.heading_removal, name="heading_removal"),
    path("settings/values/<uuid:id>/", views.value, name="value"),
    path("settings/values/<uuid:id>/removal/", views.value_removal, name="value_removal"),
]
