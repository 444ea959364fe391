from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "crm_core.team"
    label = "team"

    def ready(self) -> None:
        from crm_core.team import actions  # noqa: F401  (declares its rights)
