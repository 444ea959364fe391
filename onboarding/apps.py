from django.apps import AppConfig


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

        after_secret_change(end_workspace_sessions)
        on_erasure(forget_signup)
