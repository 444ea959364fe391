"""URLs of the upgrade pages; part of the console."""

from django.urls import path

from tenants.upgrades import views

urlpatterns = [
    path("", views.upgrades, name="upgrades"),
    path("new/", views.planning, name="new_upgrade"),
    path("<int:number>/", views.upgrade, name="upgrade"),
    path("<int:number>/running/", views.running, name="upgrade_running"),
    path("<int:number>/pause/", views.pause, name="upgrade_pause"),
    path("<int:number>/retrial/", views.retrial, name="upgrade_retrial"),
]
