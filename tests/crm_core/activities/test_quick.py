"""One line of words becomes a task, a call or a meeting with its moment."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from crm_core.activities.actions import read_quick
from crm_core.activities.models import Activity
from kernel.when import frozen
from tests.support.clients import PART, url

# A Tuesday.
NOW = "2026-11-24T08:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "kind", "title", "due"),
    [
        ("call Anna tomorrow 10:00", "call", "call Anna", datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ("позвонить Анне завтра в 10:00", "call", "позвонить Анне", datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ("meet the board on friday 14:30 about price", "meeting", "meet the board about price", datetime(2026, 11, 27, 13, 30, tzinfo=UTC)),
        ("завтра встреча с Олегом в 15:00", "meeting", "встреча с Олегом", datetime(2026, 11, 25, 14, tzinfo=UTC)),
        ("write the report by 30.11", "task", "write the report", date(2026, 11, 30)),
        ("звонок в пятницу по договору", "call", "звонок по договору", date(2026, 11, 27)),
        ("call back in 2 hours", "call", "call back", datetime(2026, 11, 24, 10, tzinfo=UTC)),
        ("07:00 stop the pump", "task", "stop the pump", datetime(2026, 11, 25, 6, tzinfo=UTC)),
        ("Sat down with Anna", "task", "Sat down with Anna", None),
        ("send invoice 1430", "task", "send invoice 1430", None),
        ("send 1.5 kg of tea", "task", "send 1.5 kg of tea", None),
        ("tomorrow", "task", "tomorrow", None),
        ("buy milk", "task", "buy milk", None),
    ],
)  # fmt: skip
def test_words(text: str, kind: str, title: str, due: Any) -> None:
    language = "ru" if "а" <= text[0].lower() <= "я" else "en"
    with frozen(NOW):
        draft = read_quick(text, language=language, zone="Europe/Berlin")
    assert (draft.kind, draft.title, draft.due_at or draft.due_on) == (kind, title, due)


def test_the_line_on_the_page_of_tasks(web: Any) -> None:
    answer = web.post(url("activities:quick"), {"text": "call Anna tomorrow 10:00"}, headers=PART)
    assert answer.status_code == 200
    assert "call Anna" in answer.content.decode()
    assert Activity.objects.get().kind == "call"


def test_an_empty_line_is_refused(web: Any) -> None:
    answer = web.post(url("activities:quick"), {"text": "  "}, headers=PART)
    assert answer.status_code == 422
    assert "Say what is to be done." in answer.content.decode()
