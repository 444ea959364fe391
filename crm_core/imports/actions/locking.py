"""One import, locked until the transaction ends."""

from __future__ import annotations

from typing import Any

from crm_core.imports import queries
from crm_core.imports.models import Import
from crm_core.team.models import Member
from kernel.errors import NotFound


def locked(by: Member, id: Any) -> Import:
    """Raises ``NotFound`` for an import that the member may not see."""
    found = queries.visible_to(by).filter(id=id).select_related("job").select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound
    return found
