from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClientsConfig(AppConfig):
    name = "crm_core.clients"
    label = "clients"

    def ready(self) -> None:
        """Make the two kinds of clients known."""
        from crm_core.clients import actions, queries
        from crm_core.records import registry

        registry.register(
            registry.Kind(
                name="company",
                one=_("Company"),
                many=_("Companies"),
                icon="building-2",
                model="clients.Company",
                view_right=actions.VIEW,
                edit_right=actions.EDIT,
                show="clients:company",
                listing="clients:companies",
                square=True,
                restore=actions.restore_company,
                order=10,
            )
        )
        registry.register(
            registry.Kind(
                name="person",
                one=_("Person"),
                many=_("People"),
                icon="users",
                model="clients.Person",
                view_right=actions.VIEW,
                edit_right=actions.EDIT,
                show="clients:person",
                listing="clients:people",
                restore=actions.restore_person,
                order=20,
                extra={"client_of": queries.company_of},
            )
        )
