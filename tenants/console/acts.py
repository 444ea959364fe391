"""What operators did: written down with the reason, and told to the tenant in its own stream of facts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db import Error
from django.utils.translation import gettext_lazy as _

from kernel.actions import after_commit
from kernel.errors import Invalid, TeremError
from tenants.models import OperatorAct, Tenant

log = logging.getLogger("terem.acts")

# The verbs of acts in words without a subject, for the console and for the tenant's own history.
WORDS: dict[str, Any] = {
    "suspend": _("Workspace suspended"),
    "resume": _("Workspace served again"),
    "close": _("Workspace closed for good"),
    "maintenance_readonly": _("Changes paused for maintenance"),
    "maintenance_closed": _("Closed for maintenance"),
    "maintenance_over": _("Maintenance over"),
    "job_retried": _("Background work tried again"),
    "job_cancelled": _("Background work given up"),
    "access_asked": _("Asked to look inside"),
    "looked_inside": _("Looked inside"),
    "backed_up": _("A backup taken"),
    "restored": _("A backup restored into a copy"),
    "swapped": _("A restored copy put in place of the workspace"),
    "swapped_back": _("The former workspace put back in place"),
    "copy_dropped": _("A restored copy removed"),
    "moved": _("Workspace moved to another server"),
    "leaving": _("Closing of the workspace begun"),
    "staying": _("Closing of the workspace cancelled"),
    "credit_given": _("Credit given for the next bills"),
    "trial_extended": _("Trial extended"),
    "plan_placed": _("Plan or seats changed from the next bill on"),
    "domain_found": _("Own domain proved and in service"),
    "domain_failing": _("Own domain lost its DNS record"),
    "domain_out": _("Own domain taken out of service"),
    "domain_withdrawn": _("Own domain taken away"),
    "question_answered": _("Question answered"),
    "question_solved": _("Question marked as solved"),
    "question_reopened": _("Question opened again"),
    "answer_mailed_again": _("Letter with an answer sent again"),
    "announced": _("Announcement published"),
    "incident_opened": _("Incident told on the status page"),
    "incident_told": _("More told about an incident"),
    "incident_over": _("Incident ended"),
    "works_announced": _("Works announced on the status page"),
    "announcement_withdrawn": _("Announcement withdrawn"),
    "delivery_retried": _("News of the payment provider taken in again"),
    "payments_compared": _("Everything compared with the payment provider"),
}

# Looks inside have facts of their own in the tenant's stream, page by page.
_TOLD_ALREADY = frozenset(["access_asked", "looked_inside"])

# Set by the room above that keeps the tenants' streams of facts.
tell: Callable[[Tenant, OperatorAct], None] = lambda tenant, act: None  # noqa: E731


def hear(function: Callable[[Tenant, OperatorAct], None]) -> None:
    """Have every act told to ``function`` after it was committed: it writes it into the tenant's stream."""
    global tell  # noqa: PLW0603 (one listener, set when the product starts)
    tell = function


def words_of(verb: str) -> Any:
    """An act's verb in words; one that nobody worded is said as it is stored."""
    return WORDS.get(verb, verb)


def demand_reason(reason: str) -> str:
    """The reason without blanks around it. Raises ``Invalid`` where there is none."""
    if not reason.strip():
        raise Invalid(reason=_("Say why: the workspace's people will ask."))
    return reason.strip()


def label_of(by: Any) -> str:
    return getattr(by, "email", "") or "Terem"


def note(tenant: Tenant | None, by: Any, verb: str, reason: str, **values: Any) -> OperatorAct:
    """Write down what an operator did (``by`` an account, None for the platform itself)."""
    act = OperatorAct.objects.create(
        tenant=tenant,
        account_id=getattr(by, "pk", None),
        account_label=label_of(by),
        verb=verb,
        reason=reason[:300],
        values=values,
    )
    if tenant is not None:
        after_commit(_tell, tenant, act, alias="default")
    return act


def _tell(tenant: Tenant, act: OperatorAct) -> None:
    """The act stands in the registry whether or not the tenant's schema can be written now."""
    if tenant.status == Tenant.Status.CLOSED or act.verb in _TOLD_ALREADY:
        return
    try:
        tell(tenant, act)
    except (Error, TeremError) as error:
        log.warning("act %s was not written into the tenant's stream: %s", act.id, type(error).__name__)
