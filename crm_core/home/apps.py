from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "crm_core.home"
    label = "home"

    def ready(self) -> None:
        """Say which parts of the product are at home here."""
        from kernel.parts import declare

        declare(
            "home.today",
            _("Today"),
            _("What needs you today, on one page."),
            fixed=True,
            light=True,
            places=("home:today", "home:more", "home:help", "home:page_help", "home:news"),
        )
        declare(
            "home.colleagues",
            _("What colleagues do"),
            _("The latest facts of your colleagues and the month’s calls, beside your day."),
            goals=("control",),
        )
        declare(
            "home.jobs",
            _("Background work"),
            _("How far long work is, and what became of it."),
            places=("home:jobs",),
        )
