from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SetupConfig(AppConfig):
    name = "crm_core.setup"
    label = "setup"

    def ready(self) -> None:
        """Say how the facts of this room read."""
        from crm_core.timeline.wording import say

        say("setup.recovery_asked", text=_("Recovery asked for: %(reason)s"), group="audit", icon="undo-2")
        say("setup.taken_over", text=_("Taken over from a backup"), group="audit", icon="undo-2")
        say("setup.closed", text=_("Workspace closed: %(reason)s"), group="audit", icon="lock")
        say("setup.seeded", text=_("Workspace furnished"), group="audit", icon="settings")
