from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """An erased workspace pays no more, and is no payer any more."""
        from billing.forgetting import forget
        from tenants.api import on_erasure

        on_erasure(forget)
