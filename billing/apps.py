from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """An erased workspace is no payer any more; plan and invoices are shown at every stage."""
        from billing.forgetting import forget
        from kernel.parts import declare
        from tenants.api import on_erasure

        on_erasure(forget)
        declare(
            "billing.plan",
            _("Plan and invoices"),
            _("What you pay and what you use."),
            fixed=True,
            light=True,
            places=("billing:plan",),
        )
