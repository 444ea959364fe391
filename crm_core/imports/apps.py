from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "crm_core.imports"
    label = "imports"
