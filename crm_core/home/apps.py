from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "crm_core.home"
    label = "home"
