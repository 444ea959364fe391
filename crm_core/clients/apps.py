from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "crm_core.clients"
    label = "clients"
