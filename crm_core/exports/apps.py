from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    name = "crm_core.exports"
    label = "exports"

    def ready(self) -> None:
        """Declare the right of the room and its background work, and word its facts."""
        from crm_core.exports import actions  # noqa: F401
        from crm_core.timeline import wording

        for verb, text in (
            ("exports.started", _("Full export begun")),
            ("exports.finished", _("Full export done: %(rows)s rows, %(files)s files")),
            ("exports.downloaded", _("Full export downloaded: %(rows)s rows, %(files)s files")),
            ("exports.forgotten", _("Full export removed from the store")),
            ("exports.taken_in", _("Archive of “%(workspace)s” taken in: %(rows)s rows, %(files)s files")),
        ):
            wording.say(verb, text=text, group=wording.AUDIT, icon="download")
        self._part()

    def _part(self) -> None:
        from kernel.parts import declare

        declare(
            "exports.everything",
            _("Take everything out"),
            _("All records, files and history in one archive, at any time."),
            fixed=True,
            light=True,
            places=("exports:list",),
        )
