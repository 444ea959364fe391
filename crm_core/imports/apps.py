from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ImportsConfig(AppConfig):
    name = "crm_core.imports"
    label = "imports"

    def ready(self) -> None:
        """Declare the rights of the room, and word its facts."""
        from crm_core.imports import actions  # noqa: F401
        from crm_core.timeline import wording

        for verb, text in (
            ("imports.started", _("Import of “%(file)s” begun: %(rows)s rows")),
            ("imports.finished", _("Import of “%(file)s” done: %(created)s created, %(updated)s updated")),
            ("imports.stopped", _("Import of “%(file)s” stopped: %(created)s created, %(updated)s updated")),
            ("imports.undone", _("Import of “%(file)s” undone")),
        ):
            wording.say(verb, text=text, group=wording.AUDIT, icon="upload")
        self._part()

    def _part(self) -> None:
        from kernel.parts import declare

        declare(
            "imports.files",
            pgettext_lazy("part of the product", "Import"),
            _("Lists from spreadsheets and other systems; every import can be undone as a whole."),
            goals=("base",),
            light=True,
            places=("imports:start", "imports:list"),
            ways=(
                (
                    _("bring my clients here?"),
                    _(
                        "Import takes spreadsheets and exports of other systems, shows what it understood, and can be undone as a whole."
                    ),
                ),
            ),
        )
