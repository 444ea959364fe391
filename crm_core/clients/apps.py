from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ClientsConfig(AppConfig):
    name = "crm_core.clients"
    label = "clients"

    def ready(self) -> None:
        """Make the two kinds of clients known."""
        from crm_core.clients import tables
        from crm_core.lists.tables import register

        register(tables.COMPANIES, tables.PEOPLE)
        _word_facts()
        _declare_parts()
        _declare_kinds()


def _declare_kinds() -> None:
    """Companies and people are records."""
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


def _declare_parts() -> None:
    """Which parts of the product are at home here."""
    from kernel.parts import declare

    declare(
        "clients.companies",
        _("Companies"),
        _("One base of clients for everybody, with everything that happened on one line of time."),
        goals=("base",),
        light=True,
        places=("clients:companies", "clients:new_company"),
        glossary=(
            (
                _("Company and person"),
                _(
                    "Your clients. A person can work at several companies; everything that happens with them gathers on one line of time."
                ),
            ),
        ),
        ways=((_("change something?"), _("Click the value where you read it. Enter saves, Esc restores.")),),
    )
    declare(
        "clients.people",
        _("People"),
        _("Who works where, and how each of them is reached."),
        goals=("base",),
        light=True,
        places=("clients:people", "clients:new_person"),
    )
    declare(
        "clients.headings",
        _("Headings"),
        _("What clients are classified by: where they came from, their industry, and headings of your own."),
        goals=("sources", "features"),
        places=("clients:headings",),
    )
    _declare_figures()


def _declare_figures() -> None:
    """By which figures of clients one sees that a stage is reached."""
    from crm_core.clients.queries import figures
    from kernel.parts import measure

    measure(
        "clients.owned",
        _("Clients with an owner"),
        _("Give the others to somebody: choose them in the list, then Owner."),
        count=figures.owned,
        least=figures.LEAST,
        url="clients:companies",
        query="owner.empty=1",
    )
    measure(
        "clients.remembered",
        _("Clients about whom something is noted"),
        _("Note calls and what was agreed at the client, not in a book of one’s own."),
        count=figures.remembered,
        target=50,
        least=figures.LEAST,
        url="clients:companies",
    )
    measure(
        "clients.stepped",
        _("Clients with an owner and a next step"),
        _("Plan the next call or task at each client; the list shows where there is none."),
        count=figures.stepped,
        stages=(2,),
        least=figures.LEAST,
        url="clients:companies",
        query="next.is=no",
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
