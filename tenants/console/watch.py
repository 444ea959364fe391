"""What waits for operators, and forgetting what they need no longer."""

from __future__ import annotations

from datetime import timedelta

from kernel.actions import action
from kernel.jobs import watching
from kernel.when import now
from tenants.console import faults
from tenants.models import Announcement, Fault, Incident, Maintenance, Question
from tenants.status import checks

# What was said to people stays readable for the operators so long.
KEPT = timedelta(days=365)


def waiting() -> dict[str, int]:
    """What waits for an operator, by the name of its place: questions, open faults, failed or lost jobs,
    maintenance, incidents."""
    return {
        "tenants:questions": Question.objects.filter(state=Question.State.OPEN).count(),
        "tenants:faults": faults.counts().get(Fault.State.OPEN, 0),
        "tenants:jobs": watching.troubled(),
        "tenants:maintenance": Maintenance.objects.filter(ended_at__isnull=True).count(),
        "tenants:incidents": Incident.objects.filter(over_at__isnull=True).count(),
    }


@action()
def forget_old() -> None:
    """Remove what has outlived its use. Cheap and repeatable: once a day."""
    faults.forget_old()
    watching.forget_failed()
    Announcement.objects.filter(ends_at__lt=now() - KEPT).delete()
    Maintenance.objects.filter(ended_at__lt=now() - KEPT).delete()
    Incident.objects.filter(over_at__lt=now() - KEPT).delete()
    checks.forget_old()
