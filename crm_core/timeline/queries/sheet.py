"""The history as a spreadsheet: who changed what from what to what, one line per changed field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm_core.timeline.queries.entries import Entry, key_of, older_than, read_key
from crm_core.timeline.queries.history import Wanted, entries_of, facts
from kernel import context
from kernel.text import BOM, csv_text
from kernel.when import read_zone

BATCH = 500


def history_csv(member: Any, wanted: Wanted) -> Iterator[bytes]:
    """The whole file piece by piece. Each piece enters the workspace by itself: a streamed answer is read
    when the request's own context has gone."""
    return _pieces(member, wanted, context.current())


def _pieces(member: Any, wanted: Wanted, here: context.Context) -> Iterator[bytes]:
    language = member.language
    with translation.override(language):
        yield (BOM + csv_text([_head()], language)).encode()
    before = ""
    while True:
        with context.enter(here), translation.override(language):
            start = read_key(before)
            found = facts(wanted) if start is None else facts(wanted).filter(older_than(start))
            events = list(found[:BATCH])
            lines = [line for entry in entries_of(member, events) for line in _lines(entry, wanted.zone)]
        if not events:
            return
        yield csv_text(lines, language).encode()
        before = key_of(events[-1])


def _head() -> list[str]:
    return [
        _("When"),
        _("Who"),
        pgettext("a fact came about", "How"),
        _("Kind"),
        _("Record"),
        _("What"),
        _("Field"),
        _("Before"),
        _("After"),
        _("Fact"),
        _("Record’s id"),
    ]


def _lines(entry: Entry, zone: str) -> list[list[Any]]:
    event = entry.event
    label = entry.link.label if entry.link else event.record_label
    first = [
        event.at.astimezone(read_zone(zone)).strftime("%Y-%m-%d %H:%M:%S"),
        event.actor_label,
        str(event.get_cause_display()),
        event.record_kind,
        str(label),
        entry.text or str(entry.wording.name),
    ]
    last = [event.verb, str(event.record_id or "")]
    changes = [[one.label, one.before, one.after] for one in entry.changes] or [["", "", ""]]
    return [[*first, *change, *last] for change in changes]
