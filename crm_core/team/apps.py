from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "crm_core.team"
    label = "team"
