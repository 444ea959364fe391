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
        self._parts()

    def _parts(self) -> None:
        from kernel.parts import declare

        declare(
            "timeline.history",
            _("History"),
            _("Who changed what, from what to what, in the whole workspace."),
            goals=("history",),
            places=("timeline:audit", "timeline:operators"),
        )
        declare(
            "timeline.exports",
            _("Notices of great exports"),
            _("Administrators are told when somebody takes many records out."),
            fixed=True,
            light=True,
            panels=("crm_core.timeline.views.great_exports",),
        )
