from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "crm_core.activities"
    label = "activities"

    def ready(self) -> None:
        """Declare the rights of the room and its background work."""
        from crm_core.activities import actions  # noqa: F401
