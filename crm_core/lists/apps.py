from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "crm_core.lists"
    label = "lists"

    def ready(self) -> None:
        """Make rights and background work known, and how the facts of lists are worded."""
        from crm_core.lists import actions, tables  # noqa: F401
