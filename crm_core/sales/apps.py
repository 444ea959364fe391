from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
        tables.extend_clients()
        self._word()
        self._parts()
        self._measure()

    def _parts(self) -> None:
        """Which parts of the product are at home here."""
        from kernel.parts import declare

        panels = "crm_core.sales.views.panels."
        declare(
            "sales.deals",
            _("Deals and pipelines"),
            _("What you may sell to whom, in stages; each deal with its amount and next step."),
            stage=2,
            goals=("repeat", "structure", "complaints"),
            places=("sales:deals", "sales:new_deal", "sales:pipelines"),
            panels=(panels + "deals_of_client", panels + "month_figures", panels + "deals_without_step"),
            glossary=(
                (
                    _("Deal"),
                    _(
                        "Something that you may sell to a client. It moves through stages until it is won or lost."
                    ),
                ),
            ),
        )
        declare(
            "sales.reports",
            _("Forecast and reasons"),
            _("What is likely to come in by month, how stages stand, why deals are won and lost."),
            stage=2,
            goals=("structure", "complaints", "planning"),
            places=("sales:forecast", "sales:why"),
        )

    def _measure(self) -> None:
        """By which figures of deals one sees that a stage is reached."""
        from crm_core.sales.queries import exits
        from kernel.parts import measure

        measure(
            "sales.stepped",
            _("Open deals with a next step"),
            _("Plan the next step of each deal, or close the deal with its reason."),
            count=exits.stepped,
            stages=(2,),
            least=exits.LEAST,
            url="sales:deals",
            query="state.is=open&next.is=no&draw=table",
        )
        measure(
            "sales.reasoned",
            _("Deals closed in the last 90 days with a reason"),
            _("Choose the reason when a deal is won or lost."),
            count=exits.reasoned,
            stages=(2,),
            least=exits.LEAST,
            url="sales:why",
        )

    def _word(self) -> None:
        """Say how facts about deals read."""
        from crm_core.sales.models import Outcome
        from crm_core.timeline.wording import fields, say

        for verb, name, icon in (
            ("opened", _("Deal opened"), "plus"),
            ("won", _("Deal won"), "trophy"),
            ("lost", _("Deal lost"), "x"),
        ):
            say(f"sales.{verb}", name=name, template=f"sales/facts.html#{verb}", icon=icon, system=False)
        say("sales.changed", name=_("Deal changed"), icon="pencil")
        say("sales.moved", name=_("Deal moved to another stage"), icon="arrow-right")
        say("sales.reopened", name=_("Deal opened again"), icon="undo-2")
        say("sales.set_up", text=_("Sales settings changed: %(name)s"), group="audit", icon="settings")
        fields(
            "deal",
            {
                "stage": _("Stage"),
                "pipeline": _("Pipeline"),
                "client": _("Client"),
                "contact": _("Contact person"),
                "amount": _("Amount"),
                "probability": (_("Probability"), lambda value: f"{value}\u00a0%"),
                "expected_on": _("Expected"),
                "opened_on": _("Opened"),
                "closed_on": _("Closed"),
                "reason": _("Reason"),
                "reason_text": _("In own words"),
                "source": pgettext_lazy("of a deal", "Came from"),
                "description": _("Description"),
                "outcome": (pgettext_lazy("of a deal", "State"), lambda value: str(Outcome(value).label)),
            },
        )
