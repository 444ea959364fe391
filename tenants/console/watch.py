"""Forgetting what operators need no longer: old faults, ended announcements and maintenance, failed tickets."""

from __future__ import annotations

from datetime import timedelta

from kernel.actions import action
from kernel.jobs import watching
from kernel.when import now
from tenants.console import faults
from tenants.models import Announcement, Maintenance

# What was said to people stays readable for the operators so long.
KEPT = timedelta(days=365)


@action()
def forget_old() -> None:
    """Remove what has outlived its use. Cheap and repeatable: once a day."""
    faults.forget_old()
    watching.forget_failed()
    Announcement.objects.filter(ends_at__lt=now() - KEPT).delete()
    Maintenance.objects.filter(ended_at__lt=now() - KEPT).delete()
