from django.apps import AppConfig


class NotesConfig(AppConfig):
    name = "crm_core.notes"
    label = "notes"

    def ready(self) -> None:
        """Declare the rights of the room."""
        from crm_core.notes import actions  # noqa: F401
