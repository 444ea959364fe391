"""Notes: written, corrected, removed, brought back, found."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.clients.models import Company, Person
from crm_core.events.models import Event
from crm_core.notes import actions, queries
from crm_core.notes.models import LONGEST, Note
from kernel.errors import NotAllowed, NotFound
from tests.support.clients import PART, SALES_RIGHTS, url


def write(web: Any, company: Company, text: str, **headers: str) -> Any:
    return web.post(url("notes:adding", company.pk), {"text": text}, headers=headers or None)


def test_a_note_stands_in_the_timeline_at_once(web: Any, harbour: Company) -> None:
    answer = write(web, harbour, "They like\nwarm white.", **PART)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "#timeline" in page
    assert "#composer" in page
    assert "They like\nwarm white." in page
    assert Event.objects.filter(verb="notes.added", record_id=harbour.pk).count() == 1


def test_without_htmx_it_leads_back_to_the_record(web: Any, harbour: Company) -> None:
    assert write(web, harbour, "Hello")["Location"] == url("clients:company", harbour.pk)


@pytest.mark.parametrize(
    ("text", "words"), [("  ", "Write something first."), ("n" * (LONGEST + 1), "too long")]
)
def test_what_cannot_be_kept_is_refused_and_not_lost(
    web: Any, harbour: Company, text: str, words: str
) -> None:
    answer = write(web, harbour, text, **PART)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert text.strip() in answer.content.decode()
    assert not Note.objects.exists()


def test_control_and_direction_marks_are_taken_out(web: Any, harbour: Company) -> None:
    write(web, harbour, "exe\u202e.gpj\x00")
    assert Note.objects.get().text == "exe.gpj"


def test_markup_is_shown_as_it_is_and_links_lead_out(web: Any, harbour: Company) -> None:
    write(web, harbour, "<script>alert(1)</script> https://example.com/a")
    page = web.get(url("clients:company", harbour.pk)).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page
    assert 'href="https://example.com/a"' in page


def test_a_note_is_corrected_in_its_place(web: Any, harbour: Company) -> None:
    write(web, harbour, "Frist")
    note = Note.objects.get()
    form = web.get(url("notes:note", note.id), headers=PART).content.decode()
    assert "Frist" in form
    page = web.post(url("notes:note", note.id), {"text": "First"}, headers=PART).content.decode()
    assert "First" in page
    assert "corrected" in page
    assert Event.objects.get(verb="notes.edited").changes == {"text": ["Frist", "First"]}


def test_removed_and_brought_back(web: Any, harbour: Company) -> None:
    write(web, harbour, "Secret")
    note = Note.objects.get()
    page = web.post(url("notes:removal", note.id), headers=PART).content.decode()
    assert "Secret" not in page
    assert url("notes:return", note.id) in page
    assert web.get(url("notes:note", note.id)).status_code == 404
    assert "Secret" in web.post(url("notes:return", note.id), headers=PART).content.decode()


def test_only_the_author_or_a_curator_changes_it(
    cast: Any, client_for: Any, make_member: Any, harbour: Company
) -> None:
    note = actions.add_note(by=cast.boss, card_id=harbour.pk, text="Mine")
    other = make_member(rights=SALES_RIGHTS, visibility="all")
    with pytest.raises(NotAllowed):
        actions.edit_note(by=other, id=note.id, text="Yours")
    assert client_for(other).post(url("notes:removal", note.id)).status_code == 403
    curator = make_member(rights=[*SALES_RIGHTS, "notes.change_all"], visibility="all")
    assert actions.edit_note(by=curator, id=note.id, text="Ours").text == "Ours"


def test_nobody_writes_on_or_reads_a_foreign_record(cast: Any, client_for: Any, harbour: Company) -> None:
    note = actions.add_note(by=cast.boss, card_id=harbour.pk, text="Warm white")
    with pytest.raises(NotFound):
        actions.add_note(by=cast.anna, card_id=harbour.pk, text="Hello")
    assert client_for(cast.anna).get(url("notes:note", note.id)).status_code == 404
    assert queries.search(cast.anna, "warm") == []


def test_found_in_either_keyboard_layout(cast: Any, harbour: Company) -> None:
    note = actions.add_note(by=cast.boss, card_id=harbour.pk, text="Привёз образец")
    assert queries.search(cast.boss, "образец") == [note]
    assert queries.search(cast.boss, "j,hfptw") == [note]
    assert queries.search(cast.boss, "привез") == [note]


def test_a_persons_note_stands_in_the_companys_timeline(
    web: Any, cast: Any, harbour: Company, martha: Person
) -> None:
    actions.add_note(by=cast.boss, card_id=martha.pk, text="Back on Monday")
    assert "Back on Monday" in web.get(url("clients:company", harbour.pk)).content.decode()


def test_notes_of_another_system_keep_their_time(cast: Any, harbour: Company) -> None:
    from datetime import UTC, datetime

    then = datetime(2019, 5, 3, 12, tzinfo=UTC)
    rows = [actions.NewNote(harbour.pk, f"Note {number}", at=then) for number in range(50)]
    assert actions.bulk_add_notes(by=cast.boss, rows=rows) == 50
    assert Note.objects.filter(at=then).count() == 50
    assert Event.objects.filter(verb="notes.added", at=then).count() == 50


def test_the_composer_is_a_page_without_javascript(web: Any, harbour: Company) -> None:
    page = web.get(url("notes:adding", harbour.pk)).content.decode()
    assert "<html" in page
    assert 'name="text"' in page
