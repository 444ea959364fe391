"""Russian counts read right: every plural text is rendered with the numbers that tell its forms apart."""

from __future__ import annotations

import gettext
import io
import re

import pytest

from deploy.checks.words import CATALOGUE
from deploy.local import catalogue

# One of each form: 1, 21 and 101 alike, 2 alone, 5 and 11 alike.
NUMBERS = (1, 2, 5, 11, 21, 101)
HALF = 3
ENTRIES = [entry for entry in catalogue.read(CATALOGUE) if entry.plural is not None]
RUSSIAN = gettext.GNUTranslations(io.BytesIO(catalogue.compiled(catalogue.read(CATALOGUE))))


def _rendered(entry: catalogue.Entry, number: int) -> str:
    if entry.context is None:
        return RUSSIAN.ngettext(entry.source, entry.plural or "", number)
    return RUSSIAN.npgettext(entry.context, entry.source, entry.plural or "", number)


def test_the_header_has_the_four_forms_of_django() -> None:
    """Django's own Russian has four: another header would pick wrong forms when catalogues are merged."""
    header = next(entry for entry in catalogue.read(CATALOGUE) if not entry.source)
    assert "nplurals=4" in header.texts[0]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: re.sub(r"\W+", "-", entry.source)[:60])
def test_every_number_finds_its_form(entry: catalogue.Entry) -> None:
    """1, 21 and 101 read alike, so do 5 and 11; fractions have a form of their own; nothing stays English."""
    said = {number: _rendered(entry, number) for number in NUMBERS}
    assert said[1] == said[21] == said[101] == entry.texts[0]
    assert said[2] == entry.texts[1]
    assert said[5] == said[11] == entry.texts[2]
    for text in (*said.values(), entry.texts[HALF]):
        assert re.search(r"[А-Яа-яЁё]", text), f"{entry.source!r} is not Russian: {text!r}"
