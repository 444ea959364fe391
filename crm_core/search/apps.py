from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "crm_core.search"
    label = "search"
