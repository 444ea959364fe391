"""The workspace's rules of safety."""

from __future__ import annotations

from crm_core.events.actions import record
from crm_core.team import queries
from crm_core.team.actions.rights import MANAGE
from crm_core.team.models import Policy
from kernel.actions import action
from kernel.rights import Actor
from kernel.when import now


@action(MANAGE)
def set_policy(*, by: Actor, require_second_factor: bool) -> Policy:
    """Set what everybody needs to enter. It holds from each person's next entry."""
    found = queries.policy()
    before = found.require_second_factor
    if before == require_second_factor:
        return found
    found.require_second_factor, found.changed_at = require_second_factor, now()
    found.save()
    changes = {"require_second_factor": [before, require_second_factor]}
    record("team.policy_changed", by=by, changes=changes)
    return found
