from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "crm_core.records"
    label = "records"

    def ready(self) -> None:
        """Declare the rights, and which parts of the product are at home here."""
        from crm_core.records import actions  # noqa: F401  (declares its rights)
        from kernel.parts import declare

        declare(
            "records.owners",
            _("Owners"),
            _("Every client has one person who is responsible."),
            goals=("distribution",),
            fixed=True,
            light=True,
            glossary=((_("Owner"), _("Whoever is responsible for a client or deal.")),),
        )
        declare(
            "records.tags",
            _("Tags"),
            _("Words of your own for clients, in colours."),
            goals=("features",),
            places=("records:tags",),
        )
        declare(
            "records.trash",
            _("Trash"),
            _("What was removed can be brought back for thirty days."),
            fixed=True,
            light=True,
            places=("records:trash",),
            ways=(
                (
                    _("take something back?"),
                    _(
                        "Nearly everything has Undo in the message that appears, and the trash keeps records for thirty days."
                    ),
                ),
            ),
        )
