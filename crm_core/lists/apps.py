from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ListsConfig(AppConfig):
    name = "crm_core.lists"
    label = "lists"

    def ready(self) -> None:
        """Make rights and background work known, and how the facts of lists are worded."""
        from crm_core.lists import actions  # noqa: F401  (declares its rights)
        from crm_core.timeline import wording

        for verb, text, icon in (
            ("lists.exported", _("Export of the list “%(table)s”: %(rows)s rows"), "download"),
            ("lists.view_saved", _("New view “%(name)s”"), "layers"),
            ("lists.view_changed", _("Changed view “%(name)s”"), "layers"),
            ("lists.view_deleted", _("Deleted view “%(name)s”"), "layers"),
            ("lists.view_given_back", _("Restored view “%(name)s”"), "undo-2"),
            ("lists.view_hidden", _("Hidden view “%(name)s”"), "layers"),
            ("lists.view_shown", _("Shown view “%(name)s”"), "layers"),
        ):
            wording.say(verb, text=text, group=wording.AUDIT, icon=icon)
        self._part()

    def _part(self) -> None:
        from kernel.parts import declare

        declare(
            "lists.views",
            _("Lists and views"),
            _("Filters, columns and order, kept under a name and shared."),
            fixed=True,
            light=True,
            places=("lists:views",),
            glossary=(
                (
                    pgettext_lazy("saved list", "View"),
                    _("A list with its filters, columns and order, kept under a name."),
                ),
            ),
        )
