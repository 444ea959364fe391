from django.apps import AppConfig


class SetupConfig(AppConfig):
    name = "crm_core.setup"
    label = "setup"
