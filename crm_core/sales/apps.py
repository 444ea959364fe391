from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SalesConfig(AppConfig):
    name = "crm_core.sales"
    label = "sales"

    def ready(self) -> None:
        """Make deals known as a kind and as a list."""
        from crm_core.lists.tables import register
        from crm_core.records import registry
        from crm_core.sales import actions, queries, tables

        registry.register(
            registry.Kind(
                name="deal",
                one=_("Deal"),
                many=_("Deals"),
                icon="square-kanban",
                model="sales.Deal",
                view_right=actions.VIEW,
                edit_right=actions.EDIT,
                show="sales:deal",
                listing="sales:deals",
                restore=actions.restore_values,
                order=30,
                extra={"client_of": queries.client_of},
            )
        )
        register(tables.DEALS)
