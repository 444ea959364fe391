"""How well the base of clients is kept, in numbers over the whole workspace: (as it should be, all)."""

from __future__ import annotations

from django.db.models import Count, Q

from crm_core.activities.models import Activity
from crm_core.activities.queries import has_step
from crm_core.notes.models import Note
from crm_core.records.models import Card

# Below this many clients a share says nothing.
LEAST = 10


def clients() -> Q:
    """The cards that count as clients: companies, and people who work at none of them."""
    return Q(kind="company") | Q(kind="person", person__company=None)


def owned() -> tuple[int, int]:
    """Clients whose owner still works here."""
    return _share(Q(owner__active=True))


def stepped() -> tuple[int, int]:
    """Clients with such an owner and something planned, also on their deals and people."""
    return _share(Q(owner__active=True) & has_step())


def remembered() -> tuple[int, int]:
    """Clients about whom there is a note, or something that was done."""
    notes = Note.objects.standing().order_by()
    done = Activity.objects.done().order_by()
    cards = notes.values("card").union(done.filter(card__isnull=False).values("card"))
    under = notes.filter(client__isnull=False).values("client")
    over = done.filter(client__isnull=False).values("client")
    return _share(Q(pk__in=cards.union(under, over)))


def _share(right: Q) -> tuple[int, int]:
    live = Card.objects.live().filter(clients()).order_by()
    found = live.aggregate(done=Count("pk", filter=right), whole=Count("pk"))
    return found["done"], found["whole"]
