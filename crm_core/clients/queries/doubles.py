"""Clients that may be the same as the one being typed: found by name, domain, tax number, phone, mail."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.lookups import TrigramSimilar
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from crm_core.clients.models import Company, ContactWay, Person
from crm_core.records import registry
from crm_core.records.models import Card
from crm_core.records.queries import known_to
from crm_core.team.models import Member

MOST = 6
# Below this share of common three-letter pieces two names are just two names.
_ALIKE = 0.45
_WIDE: dict[str, Any] = {"company": Company, "person": Person}


@dataclass(frozen=True, slots=True)
class Double:
    """An existing client that may be meant. ``url`` is empty where the member merely knows of it.

    ``reason`` says in words what is the same; ``sure`` marks those that share a contact, domain or
    tax number rather than a similar name.
    """

    id: UUID
    kind: str
    label: str
    owner: str
    url: str
    reason: Any
    sure: bool


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared, in normal forms: see ``actions.cleaning`` and ``actions.ways``."""

    name_key: str = ""
    domain: str = ""
    tax_key: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.name_key or self.domain or self.tax_key or self.phones or self.emails)


def possible_doubles(
    member: Member, *, kind: str, traits: Traits, exclude: Iterable[UUID] = ()
) -> list[Double]:
    """Clients that share a trait, the surest first; contacts are compared across companies and people."""
    reasons = _by_contact(traits)
    if kind == "company":
        reasons = _by_company_traits(traits) | reasons
    sure = set(reasons)
    if len(traits.name_key) >= 3 and len(reasons) < MOST:
        for key in _by_name(kind, traits.name_key):
            reasons.setdefault(key, _("similar name"))
    for key in exclude:
        reasons.pop(key, None)
    if not reasons:
        return []
    cards = {card.id: card for card in known_to(member, ("company", "person")).filter(id__in=reasons)}
    return [_double(cards[key], reason, key in sure) for key, reason in reasons.items() if key in cards][
        :MOST
    ]


def _double(card: Card, reason: Any, sure: bool) -> Double:
    url = registry.kind(card.kind).url(card.id) if card.full else ""  # type: ignore[attr-defined]
    owner = card.owner.name if card.owner_id and card.owner else ""
    return Double(card.id, card.kind, card.label, owner, url, reason, sure)


def _by_contact(traits: Traits) -> dict[UUID, Any]:
    found: dict[UUID, Any] = {}
    wanted = Q(kind="email", normal__in=traits.emails) | Q(kind="phone", normal__in=traits.phones)
    if not traits.emails and not traits.phones:
        return found
    rows = ContactWay.objects.filter(wanted, card__state=Card.State.LIVE).values_list("card_id", "kind")
    for key, kind in rows[: MOST * 2]:
        found.setdefault(key, _("same e-mail") if kind == "email" else _("same phone number"))
    return found


def _by_company_traits(traits: Traits) -> dict[UUID, Any]:
    found: dict[UUID, Any] = {}
    wanted = Q()
    if traits.domain:
        wanted |= Q(domain=traits.domain)
    if len(traits.tax_key) >= 5:
        wanted |= Q(tax_key=traits.tax_key)
    if not wanted:
        return found
    rows = Company.objects.live().filter(wanted).values_list("pk", "tax_key")[:MOST]
    for key, tax_key in rows:
        same_tax = tax_key and tax_key == traits.tax_key
        found[key] = _("same tax number") if same_tax else _("same website")
    return found


def _by_name(kind: str, name_key: str) -> list[UUID]:
    """The nearest names: equal ones first, then those with most three-letter pieces in common."""
    rows = _WIDE[kind].objects.live()
    # "Shop 12" and "Shop 13" are alike, and two shops.
    figures = _figures(name_key)
    equal = list(rows.filter(match_key=name_key).values_list("pk", flat=True)[:MOST])
    if len(equal) >= MOST or len(name_key) < 4:
        return equal
    near = (
        rows.filter(TrigramSimilar(F("match_key"), Value(name_key)) | Q(match_key__startswith=f"{name_key} "))
        .exclude(pk__in=equal)
        .annotate(likeness=TrigramSimilarity("match_key", name_key))
        .order_by("-likeness")
    )
    found = [
        (key, likeness, match)
        for key, likeness, match in near.values_list("pk", "likeness", "match_key")[: MOST * 3]
        if (likeness >= _ALIKE or match.startswith(f"{name_key} ")) and _figures(match) == figures
    ]
    return equal + [key for key, _likeness, _match in found]


def _figures(key: str) -> list[str]:
    return re.findall(r"\d+", key)
