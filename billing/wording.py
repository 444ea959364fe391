"""Words for the states and features of a lease, as operators read them."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

STATUS_WORDS: Final[dict[str, Any]] = {
    "trial": _("Trial"),
    "active": _("Active"),
    "reminder": _("Payment is late"),
    "grace": _("Payment is late, soon reading only"),
    "read-only": _("Reading only"),
    "suspended": _("Suspended"),
}
FEATURE_WORDS: Final[dict[str, Any]] = {
    "clients": _("Clients"),
    "sales": _("Deals"),
    "activities": _("Tasks"),
    "imports": _("Imports"),
    "export": _("Take everything out"),
    "roles": _("Roles"),
}
# What was done to a company's billing (``Change.verb``).
CHANGE_WORDS: Final[dict[str, Any]] = {
    "trial": _("Trial begun"),
    "enrol": _("Known to the payment provider"),
    "lease": _("Rights of the plan set anew"),
    "change": _("Plan or seats changed"),
    "cancel": _("Cancelled at the end of the period"),
    "keep": _("Cancellation taken back"),
    "pause": _("Plan paused"),
    "resume": _("Plan resumed"),
    "tax_id": _("Tax id changed"),
    "held": _("Payments stopped: the workspace closes"),
    "released": _("Payments go on: the workspace stays"),
    "credit": _("Credit given"),
    "extend_trial": _("Trial extended"),
    "place": _("Plan or seats set by an operator"),
}
