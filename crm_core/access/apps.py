from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "crm_core.access"
    label = "access"

    def ready(self) -> None:
        """Declare the right of the room and its background work, and word its facts."""
        from crm_core.access import actions  # noqa: F401
        from crm_core.timeline import wording

        for verb, text in (
            ("access.asked", _("The operator asks for access: %(reason)s")),
            ("access.granted", _("Access granted for %(hours)s h")),
            ("access.granted_with_changes", _("Access granted for %(hours)s h, with changes")),
            ("access.refused", _("Access refused")),
            ("access.ended", _("Access ended")),
            ("access.entered", _("The operator came in")),
            ("access.left", _("The operator left")),
            ("access.viewed", _("The operator opened %(path)s")),
        ):
            wording.say(verb, text=text, group=wording.AUDIT, icon="lock")
        self._part()

    def _part(self) -> None:
        from kernel.parts import declare

        declare(
            "access.operators",
            _("Access by the operator"),
            _("Nobody of the platform sees your records unless you allow it."),
            fixed=True,
            light=True,
            places=("access:list", "access:isolation"),
        )
