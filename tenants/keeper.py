"""The keeper: keeps blank schemas of this release in reserve, one keeper at a time."""

from __future__ import annotations

from django.db import transaction

from kernel.locks import try_hold_control
from tenants import actions
from tenants.models import Blueprint
from tenants.schemas import current_release


def keep(wanted: int) -> int:
    """Fill the reserve; returns how many blanks were made. Does nothing while another keeper works.

    Each blank is there as soon as it is made: somebody may be waiting for it.
    """
    made = 0
    while made < wanted and _keep_one(wanted):
        made += 1
    return made


def _keep_one(wanted: int) -> bool:
    with transaction.atomic(using="default"):
        if not try_hold_control("keeper") or not Blueprint.objects.filter(release=current_release()).exists():
            return False
        return actions.fill_reserve(wanted, most=1) > 0
