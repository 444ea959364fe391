from django.apps import AppConfig


class TimelineConfig(AppConfig):
    name = "crm_core.timeline"
    label = "timeline"
