from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ClientsConfig(AppConfig):
    name = "crm_core.clients"
    label = "clients"

    def ready(self) -> None:
        """Make the two kinds of clients known."""
        from crm_core.clients import actions, queries, tables
        from crm_core.lists.tables import register
        from crm_core.records import registry

        register(tables.COMPANIES, tables.PEOPLE)
        _word_facts()

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


def _ways(told: Any) -> str:
    return ", ".join(one["value"] for one in told) if told else ""


def _word_facts() -> None:
    """How facts about clients read in a timeline."""
    from crm_core.timeline import wording

    wording.say("clients.created", text=pgettext_lazy("client", "Added"), name=_("Client added"), icon="plus")
    wording.say("clients.changed", name=_("Client changed"), icon="pencil")
    wording.say("clients.contacts_changed", name=_("Ways of contact changed"), icon="phone")
    wording.say("clients.employed", text=_("Works at “%(company)s”"), icon="briefcase")
    wording.say("clients.left", text=_("Does not work at “%(company)s” any more"), icon="briefcase")
    _name_fields()
    for verb, text in (
        ("clients.heading_added", _("Heading added: %(name)s")),
        ("clients.heading_renamed", _("Heading renamed")),
        ("clients.heading_removed", _("Heading removed: %(name)s")),
        ("clients.value_added", _("Value “%(name)s” added to “%(heading)s”")),
        ("clients.value_changed", _("Value “%(name)s” of “%(heading)s” changed")),
        ("clients.value_removed", _("Value “%(name)s” removed from “%(heading)s”")),
        ("clients.values_arranged", _("Values of “%(heading)s” put in order")),
    ):
        wording.say(verb, text=text, group=wording.AUDIT, icon="list-filter")


def _name_fields() -> None:
    """What the fields of clients are called in facts."""
    from crm_core.timeline import wording

    common = {
        "stage": pgettext_lazy("of a client", "Stage"),
        "source": pgettext_lazy("of a client", "Came from"),
        "description": _("Description"),
        "ways": (_("Contacts"), _ways),
    }
    wording.fields(
        "company",
        common
        | {
            "legal_name": _("Legal name"),
            "industry": _("Industry"),
            "region": _("Region"),
            "size": pgettext_lazy("of a company", "Size"),
            "website": _("Website"),
            "tax_number": _("Tax number"),
            "street": _("Street"),
            "city": _("City"),
            "province": _("Province"),
            "postcode": _("Postcode"),
            "country": _("Country"),
            "revenue": _("Revenue a year"),
            "employees": _("Number of people"),
            "parent": _("Belongs to"),
        },
    )
    wording.fields(
        "person",
        common
        | {
            "first_name": _("First name"),
            "last_name": _("Last name"),
            "middle_name": _("Middle name"),
            "position": _("Position"),
            "birthday": _("Birthday"),
            "company": _("Company"),
        },
    )
