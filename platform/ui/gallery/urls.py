"""Addresses of the gallery, below /gallery/."""

from django.urls import path

from ui.gallery import views

app_name = "gallery"
urlpatterns = [
    path("", views.family, name="start"),
    path("try/<slug:what>/", views.trial, name="trial"),
    path("page/<slug:name>/", views.whole, name="page"),
    path("<slug:name>/", views.family, name="family"),
]
