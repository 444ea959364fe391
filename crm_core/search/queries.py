"""What the palette finds: records by name, phone, mail or number, notes by their text, places and actions by their words.

Records and notes are found by trigrams of their folded text, so a part of a word is enough; ё counts as е, and
what was typed on the wrong keyboard layout is tried as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from crm_core.notes.models import Note
from crm_core.records import registry
from crm_core.records.models import Card
from crm_core.records.queries import Link, known_to, link_of, recent_of, visibility_q
from crm_core.team.models import Member
from kernel.phones import phone_search_digits
from kernel.text import clean, fold, sort_key, variants

# Three letters make a trigram to look up; with two only beginnings of words count, with one those of names.
LEAST, SHORTEST = 3, 2
MOST_RECORDS = 8
MOST_NOTES = 4
MOST_PLACES = 5
_CANDIDATES = 200
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class RecordFound:
    """A record as a result; ``words`` says what kind it is."""

    link: Link
    words: Any


@dataclass(frozen=True, slots=True)
class NoteFound:
    """A note as a result: a piece of its text around what was looked for, and the record that it is about."""

    link: Link
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """Everything for one query, in the order in which it is shown."""

    records: list[RecordFound]
    notes: list[NoteFound]
    places: list[Any]
    actions: list[Any]
    help: list[Any]

    @property
    def nothing(self) -> bool:
        return not (self.records or self.notes or self.places or self.actions or self.help)


@dataclass(frozen=True, slots=True)
class Ways:
    """Where one can go and what one can begin from anywhere: places of the shell (words, url, icon, key)."""

    places: list[Any]
    actions: list[Any]
    help: list[Any]


# Set by config at start-up: this room may not see the navigation above it.
ways_of: Callable[[Any], Ways] = lambda request: Ways([], [], [])  # noqa: E731


def find(request: Any, text: str) -> Found:
    """The results for what was typed; recent records and every action for an empty query. Two queries at most."""
    member: Member = request.member
    text = clean(text[:_LONGEST])
    spellings = variants(text)
    ways = ways_of(request)
    if not spellings:
        recent = [_hit(link) for link in recent_of(member, MOST_RECORDS)]
        return Found(recent, [], [], ways.actions, ways.help)
    return Found(
        records(member, text, spellings),
        notes(member, spellings),
        _worded(ways.places, spellings),
        _worded(ways.actions, spellings),
        _worded(ways.help, spellings),
    )


def records(member: Member, text: str, spellings: tuple[str, ...]) -> list[RecordFound]:
    """Records that the member at least knows of, the nearest names first. One query."""
    known = known_to(member)
    begins = known.filter(_beginning(text, spellings)).order_by("sort_key", "id")[:MOST_RECORDS]
    within = _within(text, spellings)
    if within is None:
        return [_hit(link_of(card)) for card in begins]
    near = known.filter(within)[:_CANDIDATES]
    cards = {card.id: card for card in begins.union(near, all=True)}
    nearest = sorted(cards.values(), key=lambda card: _rank(card, spellings))
    return [_hit(link_of(card)) for card in nearest[:MOST_RECORDS]]


def _hit(link: Link) -> RecordFound:
    return RecordFound(link, registry.kind(link.kind).one)


def _beginning(text: str, spellings: tuple[str, ...]) -> Q:
    """Names that begin so, by the index of names. The bound is the next string in plain code point order."""
    wanted = Q(pk=None)
    for start in {sort_key(text), *spellings}:
        if start:
            wanted |= Q(sort_key__gte=start, sort_key__lt=start[:-1] + chr(ord(start[-1]) + 1))
    return wanted & Q(kind__in=[kind.name for kind in registry.kinds()])


def _within(text: str, spellings: tuple[str, ...]) -> Q | None:
    """All words of a spelling anywhere in the search text, or the digits of a phone; None if all is too short."""
    wanted: Q | None = None
    for spelling in spellings:
        words = sorted(spelling.split(), key=len, reverse=True)
        if len(words[0]) < SHORTEST:
            continue
        found = Q()
        for word in words:
            # Two letters make a trigram only with the blank before them: they must begin a word.
            found &= Q(search_text__contains=word if len(word) >= LEAST else f" {word}")
        wanted = found if wanted is None else wanted | found
    digits = phone_search_digits(text)
    if len(digits) >= LEAST:
        wanted = (
            Q(search_text__contains=digits) if wanted is None else wanted | Q(search_text__contains=digits)
        )
    return wanted


def _rank(card: Card, spellings: tuple[str, ...]) -> tuple[Any, ...]:
    """Equal names first, then those that begin so, then those with a word that begins so; short ones before long."""
    label = fold(card.label)
    return (
        not any(label == spelling for spelling in spellings),
        not any(label.startswith(spelling) for spelling in spellings),
        not any(f" {spelling}" in label for spelling in spellings),
        not any(spelling in label for spelling in spellings),
        len(label),
        label,
        str(card.id),
    )


def notes(member: Member, spellings: tuple[str, ...]) -> list[NoteFound]:
    """Notes on records that the member sees in full, newest first. One query, none for short words."""
    wanted = Q(pk=None)
    long = [spelling for spelling in spellings if max(map(len, spelling.split())) >= LEAST]
    for spelling in long:
        found = Q()
        for word in spelling.split():
            found &= Q(search_text__contains=word)
        wanted |= found
    kinds = [kind.name for kind in registry.kinds() if member.may(kind.view_right)]
    if not long or not kinds:
        return []
    rows = (
        Note.objects.standing()
        .filter(wanted, visibility_q(member), card__kind__in=kinds)
        .select_related("card__owner")
        .order_by("-at", "-id")[:MOST_NOTES]
    )
    return [NoteFound(link_of(note.card), _piece(note.text, spellings)) for note in rows]


def _piece(text: str, spellings: tuple[str, ...], around: int = 60) -> str:
    """The text around the first word that was looked for."""
    plain = " ".join(text.split())
    lowered = plain.casefold().replace("ё", "е")
    places = [lowered.find(word) for spelling in spellings for word in spelling.split()]
    start = max(0, min((place for place in places if place >= 0), default=0) - around // 3)
    piece = plain[start : start + 2 * around]
    return ("…" if start else "") + piece + ("…" if start + 2 * around < len(plain) else "")


def _worded(entries: Iterable[Any], spellings: tuple[str, ...]) -> list[Any]:
    """Entries in whose words something begins as it was typed."""
    found = []
    for entry in entries:
        words = f" {fold(str(entry.words))}"
        if any(f" {spelling}" in words for spelling in spellings):
            found.append(entry)
    return found[:MOST_PLACES]
