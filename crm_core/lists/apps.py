from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "crm_core.lists"
    label = "lists"
