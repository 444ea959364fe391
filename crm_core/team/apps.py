from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TeamConfig(AppConfig):
    name = "crm_core.team"
    label = "team"

    def ready(self) -> None:
        """Declare the rights, the parts and the figure of use."""
        from crm_core.team import actions  # noqa: F401  (declares its rights)
        from crm_core.team.queries import active_lately
        from kernel.parts import declare, measure

        declare(
            "team.self",
            _("Your profile and the workspace"),
            _("Your name, language and sessions; the name and safety rules of the workspace."),
            fixed=True,
            light=True,
            places=("team:profile", "team:sessions", "team:policy", "team:address"),
        )
        declare(
            "team.people",
            _("Members"),
            _("Colleagues work in the same base, each with an account of their own."),
            goals=("base", "distribution"),
            places=("team:members", "team:invitation", "team:partner_invitation"),
        )
        declare(
            "team.roles",
            _("Roles and teams"),
            _("Who may do what, and who sees whose clients."),
            stage=2,
            goals=("distribution",),
            places=("team:roles", "team:teams"),
        )
        measure(
            "team.active",
            _("Members who used Terem in the last week"),
            _(
                "Ask those who are missing what holds them up. Who is away or works part of the week does not count."
            ),
            count=active_lately,
            stages=(1, 2),
            target=100,
            url="setup:adoption",
        )
