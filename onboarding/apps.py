from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OnboardingConfig(AppConfig):
    name = "onboarding"
    label = "onboarding"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A changed password ends the account's sessions inside workspaces too."""
        from identity.api import after_secret_change
        from onboarding.actions import forget_signup
        from onboarding.entering import end_workspace_sessions
        from tenants.api import on_erasure

        _part()
        after_secret_change(end_workspace_sessions)
        on_erasure(forget_signup)


def _part() -> None:
    """The questions at the beginning stay at every stage."""
    from kernel.parts import declare

    declare(
        "onboarding.questions",
        _("Questions at the beginning"),
        _("What you want to reach, and how fast; they set what is shown."),
        fixed=True,
        light=True,
        places=("questions",),
        panels=("onboarding.panels.first_steps",),
    )
    declare(
        "onboarding.support",
        _("Questions to the operators"),
        _("Ask the people who run Terem from any page; the answer comes by mail and stands here."),
        fixed=True,
        light=True,
        places=("support", "support_new"),
    )
