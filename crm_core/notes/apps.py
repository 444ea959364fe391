from django.apps import AppConfig


class NotesConfig(AppConfig):
    name = "crm_core.notes"
    label = "notes"
