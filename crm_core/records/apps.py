from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "crm_core.records"
    label = "records"

    def ready(self) -> None:
        from crm_core.records import actions  # noqa: F401  (declares its rights)
