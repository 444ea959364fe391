"""Reminders: a letter at the moment that was asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_core.activities.models import Activity
from crm_core.records import registry
from kernel import context, mail
from kernel.jobs import Running, background
from kernel.when import format_when


@background("activities.remind", title=_("Reminder"))
def remind(job: Running, *, activity_id: str, remind_at: str) -> dict[str, Any]:
    """Mail the owner, unless the activity was done, removed or given another reminder since."""
    found = (
        Activity.objects.open()
        .select_related("owner", "card")
        .filter(id=UUID(activity_id), remind_at=datetime.fromisoformat(remind_at))
        .first()
    )
    if found is None or found.owner is None or not found.owner.active:
        return {"sent": False}
    if found.card is not None and not found.card.is_live:
        return {"sent": False}
    mail.send(
        to=[found.owner.email],
        template="activities/mail/reminder",
        language=found.owner.language,
        values={
            "activity": found,
            "card": found.card,
            "due": format_when(
                found.due_at or found.due_on,
                language=found.owner.language,
                zone=found.owner.zone,
                style="moment",
            ),
            "link": link_to(found),
        },
        sender_name=context.tenant().name,
    )
    return {"sent": True}


def link_to(found: Activity) -> str:
    """The full address of the page where the activity can be seen."""
    urls = "config.urls_workspace"
    if found.card is not None:
        path = reverse(registry.kind(found.card.kind).show, args=[found.card_id], urlconf=urls)
    else:
        path = reverse("activities:tasks", urlconf=urls)
    return f"{settings.TEREM_SCHEME}://{context.tenant().host}{settings.TEREM_PORT_SUFFIX}{path}"
