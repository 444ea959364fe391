"""The right that the history needs, and the one fact that comes from outside: what an operator did."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from kernel.actions import action
from kernel.rights import declare
from tenants import api as tenants

AUDIT = declare("timeline.audit", _("See the history of the whole workspace"), _("Workspace"))


@action()
def note_operator(*, act: Any) -> None:
    """Write an operator's act into the stream of the tenant in the context."""
    record(f"operator.{act.verb}", by=None, reason=act.reason, operator=act.account_label)


def hear(tenant: tenants.Tenant, act: tenants.OperatorAct) -> None:
    """Take an act that was committed in the registry into the tenant's own stream of facts."""
    with tenants.inside(tenant, cause="operator"):
        note_operator(act=act)
