"""What must never come in, or only with a clear word: each has its sentence, the line and nothing half-written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT

from crm_core.clients.models import Company
from crm_core.imports import actions
from crm_core.imports.actions import uploading
from crm_core.imports.models import Import, ImportRow
from crm_core.records.models import Card
from kernel.errors import Invalid

Bring = Callable[..., Import]


def complaint(found: Import) -> str:
    """The only sentence that a checked file has about its only wrong row."""
    row = found.rows.get()
    (sentences,) = row.wrong.values()
    return " ".join(sentences)


class Endless(io.RawIOBase):
    """A posted form with a file of 200 MB that was never anywhere at once."""

    def __init__(self, size: int) -> None:
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="huge.csv"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        ).encode()
        self.parts = [head, *[b"a,b,c,d\n" * 8192] * (size // 65536), f"\r\n--{BOUNDARY}--\r\n".encode()]
        self.length = sum(map(len, self.parts))
        self.held = b""

    def read(self, size: int = -1) -> bytes:
        while self.parts and len(self.held) < size:
            self.held += self.parts.pop(0)
        piece, self.held = self.held[:size], self.held[size:]
        return piece


def test_200_megabytes_are_refused_with_a_sentence(browser: Any, settings: Any) -> None:
    import tracemalloc

    body = Endless(200 * 2**20)
    tracemalloc.start()
    sent = {"CONTENT_LENGTH": str(body.length), "CONTENT_TYPE": MULTIPART_CONTENT, "wsgi.input": body}
    answer = browser.generic("POST", "/imports/new/", b"", **sent)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 422
    assert "at most 50 MB" in answer.content.decode()
    assert peak < 40 * 2**20
    assert not Import.objects.exists()


def test_a_zip_that_calls_itself_csv(browser: Any) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("clients.csv", "Company\nAcme\n")
    packed.name = "clients.csv"
    packed.seek(0)
    answer = browser.post("/imports/new/", {"file": packed})
    assert answer.status_code == 422
    assert "archive" in answer.content.decode()
    assert not Import.objects.exists()


@pytest.mark.parametrize("nothing", ["", "\n\n", "Company,City\n"])
def test_a_file_without_rows(browser: Any, nothing: str) -> None:
    empty = io.BytesIO(nothing.encode())
    empty.name = "empty.csv"
    answer = browser.post("/imports/new/", {"file": empty})
    assert answer.status_code == 422


def test_no_file_at_all(browser: Any) -> None:
    answer = browser.post("/imports/new/", {})
    assert answer.status_code == 422
    assert "Choose a file" in answer.content.decode()


def test_a_formula_stays_a_text_and_goes_out_harmless(upload: Bring, carry_out: Bring, browser: Any) -> None:
    found = upload('Company,E-mail\n"=HYPERLINK(""http://evil.example"")",\n"=1+1",nobody\n')
    carry_out(found)
    assert Company.objects.get().name == '=HYPERLINK("http://evil.example")'
    taken_out = b"".join(browser.get(f"/imports/{found.id}/rows.csv").streaming_content).decode("utf-8-sig")
    assert "'=1+1,nobody,3" in taken_out


def test_a_name_of_10000_characters(upload: Bring) -> None:
    found = upload(f"Company,City\n{'A' * 10_000},Bath\nAcme,Bath\n")
    assert found.facts["counts"]["wrong"] == 1
    assert "10000 characters" in complaint(found)


def test_a_nul_byte_is_taken_out_and_said(bring: Bring) -> None:
    found = bring(b"Company,City\nAc\x00me,Bath\n")
    assert Company.objects.get().name == "Acme"
    assert "line 2" in found.facts["remarks"][0]


def test_marks_of_direction_do_not_come_in(bring: Bring) -> None:
    bring("Company,City\n\u202eemcA\u202c \u200fLtd,Bath\n")
    assert Company.objects.get().name == "emcA Ltd"


@pytest.mark.parametrize(
    ("amount", "words"),
    [("-1", "negative"), ("1000000000000000", "too large"), ("1e400", ""), ("a lot", "")],
)
def test_amounts_that_cannot_be(upload: Bring, amount: str, words: str) -> None:
    found = upload(
        f"Deal name,Stage,Amount\nOven,Proposal,{amount}\nTwo,Proposal,100\nThree,Proposal,200\n", kind="deal"
    )
    assert found.facts["counts"]["wrong"] == 1, found.facts
    assert words in complaint(found)


def test_a_day_in_the_year_20026(upload: Bring) -> None:
    found = upload(
        "Deal name,Stage,Close date\nOne,Proposal,2026-03-01\nTwo,Proposal,2026-03-02\nThree,Proposal,20026-03-03\n",
        kind="deal",
    )
    assert found.facts["counts"]["wrong"] == 1
    assert found.rows.get().line == 4


def test_an_address_without_a_domain(upload: Bring, carry_out: Bring) -> None:
    found = upload("Company,E-mail\nAcme,info@\nOrion,office@orion.example\n")
    assert "after the @" in complaint(found)
    carry_out(found)
    assert list(Card.objects.live().values_list("label", flat=True)) == ["Orion"]


def test_mixed_dates_are_found_before_anything_is_written(upload: Bring, member: Any) -> None:
    found = upload(
        "Deal name,Stage,Close date\nOne,Proposal,25.03.2026\nTwo,Proposal,03/25/2026\n", kind="deal"
    )
    with pytest.raises(Invalid, match=r"line 2 .*line 3"):
        actions.start(by=member, id=found.id)
    assert not Card.objects.exists()


def test_days_that_may_be_months_are_asked_for_once(upload: Bring, member: Any, carry_out: Bring) -> None:
    from crm_core.sales.models import Deal

    found = upload("Deal name,Stage,Close date\nOne,Proposal,03/04/2026\n", kind="deal")
    with pytest.raises(Invalid, match="day or the month"):
        actions.start(by=member, id=found.id)
    actions.settle(by=member, id=found.id, kind="", mapping=found.mapping, options={"order": "dmy"})
    carry_out(actions.check(by=member, id=found.id))
    assert Deal.objects.get().expected_on.isoformat() == "2026-04-03"


def test_shifted_cells_are_listed(upload: Bring) -> None:
    rows = [f"Acme {n},a{n}@acme.example,+44 117 496 01{n:02d},2026-01-{n:02d}" for n in range(1, 20)]
    rows.append("Shifted,,a@acme.example,+44 117 496 0199")
    found = upload("Company,E-mail,Phone,Created on\n" + "\n".join(rows) + "\n")
    assert found.facts["counts"]["wrong"] == 1
    assert ImportRow.objects.get().line == 21


def test_without_the_right_there_is_no_import(client_for: Any, make_member: Any) -> None:
    stranger = client_for(make_member(rights=["clients.view", "clients.edit"]))
    assert stranger.get("/imports/new/").status_code == 403
    assert stranger.get("/imports/").status_code == 403


def test_imports_of_others_are_not_seen(upload: Bring, client_for: Any, make_member: Any) -> None:
    found = upload("Company\nAcme\n")
    colleague = client_for(make_member(rights=["imports.run", "clients.view", "clients.edit"]))
    assert colleague.get(f"/imports/{found.id}/").status_code == 404
    assert colleague.post(f"/imports/{found.id}/beginning/").status_code == 404


def test_one_person_keeps_so_many_files_waiting_and_no_more(
    member: Any, make_member: Any, upload: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "MOST_OPEN", 2)
    first = upload("Company\nAcme\n")
    upload("Company\nBeta\n")
    with pytest.raises(Invalid, match="2 files that wait"):
        upload("Company\nGamma\n")
    assert Import.objects.count() == 2
    upload("Company\nGamma\n", by=make_member(rights=["imports.run", "clients.view", "clients.edit"]))
    actions.discard(by=member, id=first.id)
    upload("Company\nGamma\n")
