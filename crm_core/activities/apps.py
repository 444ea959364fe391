from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "crm_core.activities"
    label = "activities"
