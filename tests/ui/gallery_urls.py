"""Addresses of the small server that the kit's browser tests look at."""

from django.urls import include, path

urlpatterns = [path("gallery/", include("ui.gallery.urls"))]
handler404 = "ui.answers.not_found"
handler500 = "ui.answers.failure"
