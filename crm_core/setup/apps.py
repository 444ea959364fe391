from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SetupConfig(AppConfig):
    name = "crm_core.setup"
    label = "setup"

    def ready(self) -> None:
        """Say how the facts of this room read."""
        from crm_core.timeline.wording import say

        say("setup.seeded", text=_("Workspace furnished"), group="audit", icon="settings")
