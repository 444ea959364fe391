from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "crm_core.records"
    label = "records"
