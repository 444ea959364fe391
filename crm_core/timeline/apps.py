from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TimelineConfig(AppConfig):
    name = "crm_core.timeline"
    label = "timeline"

    def ready(self) -> None:
        from crm_core.timeline import actions  # noqa: F401  (declares its right)
        from crm_core.timeline.wording import AUDIT, say
        from crm_core.timeline.wording.known import word_records, word_team

        word_records()
        word_team()
        say(
            "timeline.exported", text=_("Export of the history: %(rows)s facts"), group=AUDIT, icon="download"
        )
