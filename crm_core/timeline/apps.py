from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TimelineConfig(AppConfig):
    name = "crm_core.timeline"
    label = "timeline"

    def ready(self) -> None:
        from crm_core.timeline import actions
        from crm_core.timeline.wording import AUDIT, say
        from crm_core.timeline.wording.known import word_addresses, word_operators, word_records, word_team
        from tenants import api as tenants

        tenants.hear_acts(actions.hear)
        word_records()
        word_team()
        word_addresses()
        word_operators()
        say(
            "timeline.exported", text=_("Export of the history: %(rows)s facts"), group=AUDIT, icon="download"
        )
