from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotesConfig(AppConfig):
    name = "crm_core.notes"
    label = "notes"

    def ready(self) -> None:
        """Declare the rights of the room, and word its facts."""
        from crm_core.notes import actions
        from crm_core.timeline import wording

        wording.say(
            "notes.added",
            name=_("Note added"),
            template="notes/facts.html#added",
            group="notes",
            icon="notebook-pen",
            load=actions.as_read_by,
        )
        wording.fields("", {"text": _("Text")})
        for verb, text in (
            ("notes.edited", _("Note corrected")),
            ("notes.removed", _("Note removed")),
            ("notes.restored", _("Note brought back")),
        ):
            wording.say(verb, text=text, group=wording.AUDIT, icon="notebook-pen")
        self._part()

    def _part(self) -> None:
        from kernel.parts import declare

        declare(
            "notes.notes",
            _("Notes"),
            _("What was said and agreed stands with the client, for everybody who may see it."),
            goals=("history",),
            light=True,
        )
