from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "crm_core.search"
    label = "search"

    def ready(self) -> None:
        """The palette is there at every stage."""
        from kernel.parts import declare

        declare(
            "search.palette",
            _("Search"),
            _("Finds names, phones and addresses, also by a part of them."),
            fixed=True,
            light=True,
        )
