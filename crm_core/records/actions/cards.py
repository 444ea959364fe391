"""Making, locking and touching cards: the building blocks of every action on a record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.events.models import Event
from crm_core.records import queries
from crm_core.records.actions.ownership import check_owner
from crm_core.records.models import Card
from kernel import context
from kernel.actions import action
from kernel.errors import Conflict, Invalid
from kernel.ids import uuid7
from kernel.rights import Actor
from kernel.text import clean, sort_key
from kernel.when import format_when, now

LABEL_LONGEST = 300

# Says "leave the owner as it is"; None would mean "nobody".
UNCHANGED: Any = object()


def clean_label(label: str) -> str:
    """A label fit for a card. Raises ``Invalid`` for an empty or overlong one."""
    cleaned = clean(label)
    if not cleaned:
        raise Invalid(_("A record needs a name."), field="name")
    if len(cleaned) > LABEL_LONGEST:
        raise Invalid(_("Use at most %(longest)s characters."), field="name", longest=LABEL_LONGEST)
    return cleaned


@action()
def create_card(
    *,
    by: Actor,
    kind: str,
    label: str,
    search_text: str = "",
    owner: Any = None,
    origin: str | None = None,
    id: UUID | None = None,
) -> Card:
    """A new live card. Raises ``Invalid`` for an empty name or an owner who cannot be assigned.

    ``search_text`` is folded text, see :func:`kernel.text.fold`.
    """
    if owner is not None:
        check_owner(by, owner)
    cleaned = clean_label(label)
    card = Card(
        id=id or uuid7(),
        kind=kind,
        label=cleaned,
        sort_key=sort_key(cleaned),
        search_text=search_text,
        owner=owner,
        origin=origin or None,
        created_by_id=by.id,
        change_set=context.current().change_set,
    )
    card.save(force_insert=True)
    return card


@action()
def lock_card(
    *, by: Actor, kind: str, id: UUID, version: int | None = None, yours: dict[str, Any] | None = None
) -> Card:
    """The card, locked until the transaction ends. Raises ``NotFound`` unless ``by`` sees it in full.

    With ``version`` (what the form was opened with) a newer card raises ``Conflict``,
    unless everything in ``yours`` (field → typed value) was left alone since.
    """
    found = queries.visible_to(by, kind).select_for_update(of=("self",)).select_related("owner").filter(id=id)
    card = found.first() or queries.refuse(by, kind, id)
    if version is not None and version < card.version:
        _check_stale(card, version, yours or {})
    return card


def _check_stale(card: Card, version: int, yours: dict[str, Any]) -> None:
    since = list(
        Event.objects.filter(record_id=card.id, values__record_version__gt=version).order_by("-at", "-id")[
            :200
        ]
    )
    changed = {name: change[1] for event in reversed(since) for name, change in event.changes.items()}
    accounted = {event.values["record_version"] for event in since} >= set(
        range(version + 1, card.version + 1)
    )
    if yours and accounted and not changed.keys() & yours.keys():
        return
    last = since[0] if since else _last_change(card)
    here = context.current()
    at = format_when(
        last.at if last else card.changed_at, language=here.language, zone=here.zone, style="relative"
    )
    raise Conflict(
        _("Changed in the meantime by %(name)s, %(at)s."),
        name=(last.actor_label if last else "") or "–",
        at=at,
        theirs={name: changed[name] for name in yours if name in changed} or changed,
        yours=yours,
        version=card.version,
    )


def _last_change(card: Card) -> Event | None:
    """The last fact about a record that is more than a look at it."""
    looks = ("records.viewed", "records.refused")
    facts = Event.objects.filter(record_id=card.id).exclude(verb__in=looks)
    last: Event | None = facts.order_by("-at", "-id").first()
    return last


@action()
def touch_card(
    *,
    by: Actor,
    card: Card,
    label: str | None = None,
    search_text: str | None = None,
    owner: Any = UNCHANGED,
) -> Card:
    """Note that the record changed: one version more, and its name, search text or owner if given.

    Call it before the event is recorded, so that the event knows the new version.
    Raises ``Invalid`` for an empty name or an owner who cannot be assigned.
    """
    fields = ["version", "changed_at"]
    if label is not None:
        card.label = clean_label(label)
        card.sort_key = sort_key(card.label)
        fields += ["label", "sort_key"]
    if search_text is not None:
        card.search_text = search_text
        fields.append("search_text")
    if owner is not UNCHANGED and getattr(owner, "id", None) != card.owner_id:
        check_owner(by, owner)
        card.owner = owner
        fields.append("owner")
    card.version += 1
    card.changed_at = now()
    card.save(update_fields=fields)
    return card
