from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "crm_core.events"
    label = "events"
