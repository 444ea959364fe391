from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"

    def ready(self) -> None:
        """Tell the palette where one can go: it may not see the navigation above it."""
        from config import navigation, recovery
        from crm_core.search import queries

        queries.ways_of = navigation.palette
        recovery.compose()
