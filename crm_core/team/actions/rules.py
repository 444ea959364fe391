"""The workspace itself: its name, what newcomers start with, and the rules of safety."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.team import queries
from crm_core.team.actions.rights import MANAGE, clean_name
from crm_core.team.models import Policy
from kernel import context
from kernel.actions import action
from kernel.errors import Invalid
from kernel.locks import hold
from kernel.parts import Choice
from kernel.rights import Actor
from kernel.when import is_zone, now
from tenants import api as tenants


@action(MANAGE)
def set_policy(*, by: Actor, require_second_factor: bool, idle_minutes: int = 0) -> Policy:
    """Set what everybody needs to enter, from the next entry on, and after how many idle minutes (0: none) each
    session ends, at once. Raises ``Invalid`` for a time that is not offered."""
    if idle_minutes not in Policy.Idle.values:
        raise Invalid(idle_minutes=_("Choose one of the times offered."))
    hold("team.policy")
    found = queries.policy()
    wanted = {"require_second_factor": require_second_factor, "idle_minutes": idle_minutes}
    changes = {
        name: [getattr(found, name), value] for name, value in wanted.items() if getattr(found, name) != value
    }
    if not changes:
        return found
    for name, value in wanted.items():
        setattr(found, name, value)
    found.changed_at = now()
    found.save()
    record("team.policy_changed", by=by, changes=changes)
    return found


@action()
def keep_parts(*, choice: Choice) -> Choice:
    """Keep which parts the workspace shows; returns what was shown before. The caller asks for the right and tells the fact."""
    hold("team.policy")
    found = queries.policy()
    before = Choice.read(found.parts)
    found.parts, found.changed_at = choice.keep(), now()
    found.save()
    return before


@action(MANAGE)
def rename_workspace(*, by: Actor, name: str, language: str, zone: str) -> None:
    """Change what the workspace is called, and the language and zone that newcomers start with."""
    if language not in dict(settings.LANGUAGES):
        raise Invalid(_("Choose one of the languages."), field="language")
    if not is_zone(zone):
        raise Invalid(_("Choose a time zone."), field="zone")
    tenant = context.tenant()
    before = {"name": tenant.name, "language": tenant.language, "zone": tenant.zone}
    after = {"name": clean_name(name, 200), "language": language, "zone": zone}
    changes = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
    if not changes:
        return
    # The registry is another database: what it refuses must not be told here as done.
    record("team.workspace_changed", by=by, changes=changes)
    tenants.rename(tenant_id=tenant.id, **{field: after[field] for field in changes})
