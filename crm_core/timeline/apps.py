from django.apps import AppConfig


class TimelineConfig(AppConfig):
    name = "crm_core.timeline"
    label = "timeline"

    def ready(self) -> None:
        from crm_core.timeline import actions
        from crm_core.timeline.wording.known import word_operators, word_records, word_team
        from tenants import api as tenants

        tenants.hear_acts(actions.hear)
        word_records()
        word_team()
        word_operators()
