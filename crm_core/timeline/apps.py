from django.apps import AppConfig


class TimelineConfig(AppConfig):
    name = "crm_core.timeline"
    label = "timeline"

    def ready(self) -> None:
        from crm_core.timeline import actions  # noqa: F401  (declares its right)
        from crm_core.timeline.wording.known import word_records, word_team

        word_records()
        word_team()
