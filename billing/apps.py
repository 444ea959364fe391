from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Plan and invoices are shown at every stage."""
        from kernel.parts import declare

        declare(
            "billing.plan",
            _("Plan and invoices"),
            _("What you pay and what you use."),
            fixed=True,
            light=True,
            places=("billing:plan",),
        )
