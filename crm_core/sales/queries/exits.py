"""How well deals are led, in numbers over the whole workspace: (as it should be, all)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q

from crm_core.activities.queries import has_step
from crm_core.sales.models import Deal
from kernel import context
from kernel.when import today

# Below this many deals a share says nothing.
LEAST = 5
_LOOK_BACK = timedelta(days=90)


def stepped() -> tuple[int, int]:
    """Open deals that something is planned for."""
    return _share(Deal.objects.live().open(), has_step())


def reasoned() -> tuple[int, int]:
    """Deals closed in the last 90 days whose reason is known."""
    found = Deal.objects.live().filter(closed_on__gt=today(context.tenant().zone) - _LOOK_BACK)
    return _share(found, Q(reason__isnull=False) | ~Q(reason_text=""))


def _share(deals: Any, right: Q) -> tuple[int, int]:
    found = deals.order_by().aggregate(done=Count("pk", filter=right), whole=Count("pk"))
    return found["done"], found["whole"]
