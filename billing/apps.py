from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A workspace that closes pays nothing, an erased one is no payer any more; plan and invoices are shown at every stage."""
        from billing.actions import follow_seats
        from billing.catalog import PLANS
        from billing.departing import settle_quietly
        from billing.forgetting import forget
        from billing.wording import FEATURE_WORDS, STATUS_WORDS
        from kernel.parts import declare
        from tenants.api import on_departure, on_erasure, on_meter, word_leases

        plans = {plan.key: plan.name for plan in PLANS.values()}
        word_leases(plans=plans, statuses=STATUS_WORDS, features=FEATURE_WORDS)
        on_erasure(forget)
        on_departure(settle_quietly)
        on_meter(follow_seats)
        declare(
            "billing.plan",
            _("Plan and invoices"),
            _("What you pay and what you use."),
            fixed=True,
            light=True,
            places=("billing:plan",),
        )
