"""Cleaning, folding, sort keys, layouts and names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.text import (
    HUES,
    clean,
    cleanse,
    closest,
    fold,
    hue_of,
    initials,
    relayout,
    similar,
    slugify,
    sort_key,
    strip_legal_form,
    variants,
)

ANY = st.text(st.characters(), max_size=60)
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"


@given(ANY, st.booleans())
def test_clean_text_can_be_stored_and_stays_clean(text, multiline):
    cleaned = clean(text, multiline=multiline)
    assert "\x00" not in cleaned
    assert not any(mark in cleaned for mark in BIDI)
    assert not any(unicodedata.category(char) == "Cs" for char in cleaned)
    cleaned.encode("utf-8")
    assert cleaned == cleaned.strip()
    assert multiline or "\n" not in cleaned
    assert clean(cleaned, multiline=multiline) == cleaned


def test_cleaning_says_what_it_removed():
    assert cleanse("Acme").removed == ()
    said = [str(sentence) for sentence in cleanse("a\x00b\x07c\u202ed\u200be").removed]
    assert len(said) == 4
    assert cleanse("a\x00b\x07c\u202ed\u200be").text == "abcde"
    assert clean(" a \t b\r\nc ") == "a b c"
    assert clean("a  b \r\n  c\r\n", multiline=True) == "a  b\n  c"
    assert clean("e\u0301") == "é"
    assert clean("👨\u200d👩") == "👨\u200d👩"


@given(ANY)
def test_folding_is_stable_and_blind_to_case_and_yo(text):
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(text.replace("ё", "е").replace("Ё", "Е")) == folded
    assert "  " not in folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ёлкин и Ко.", "елкин и ко"), ("O'Neil", "oneil"), ("Straße", "strasse"), ("Łódź", "lodz"),
        ("Йогурт", "йогурт"), ("AT&T", "at t"), ("Jean-Luc", "jean luc"), ("  A   b ", "a b"), ("++", "++"), ("", ""),
    ],
)  # fmt: skip
def test_folding(text, folded):
    assert fold(text) == folded


def test_names_sort_as_people_expect():
    expected = [
        "7", "Eclair", "Éclair", "Edge", "item 2", "Item 10", "«Альфа»", "Еж", "Ёж", "Ежов", "Елка", "Ёлка", "Елкин",
        "Жуков", "Ивано", "Іван", "Йод", "ИП Петров", "ООО «Ромашка»", "Ромул",
    ]  # fmt: skip
    backwards = expected[::-1]
    assert sorted(backwards, key=lambda name: sort_key(name).encode()) == expected


@given(st.text(max_size=400))
def test_sort_keys_are_bounded_and_ignore_case(text):
    assert len(sort_key(text)) <= 302
    assert "\x00" not in sort_key(clean(text))


@given(st.integers(min_value=0, max_value=10**15), st.integers(min_value=0, max_value=10**15))
def test_numbers_sort_by_value(a, b):
    assert (sort_key(f"Deal {a}") < sort_key(f"Deal {b}")) == (a < b)


def test_legal_forms():
    assert strip_legal_form("ООО «Ромашка»") == "Ромашка»"
    assert strip_legal_form("АО") == "АО"
    assert strip_legal_form("Ипатов") == "Ипатов"


@given(st.text(alphabet="йцукенгшщзхъфывапролджэячсмитьбю ", min_size=1, max_size=20))
def test_layouts_go_back_and_forth(text):
    if text.strip():
        assert relayout(relayout(text)) == text or not any(c.isalpha() for c in relayout(text))


def test_wrong_layout_finds_words():
    assert relayout("ghbdtn") == "привет"
    assert relayout("руддщ") == "hello"
    assert variants("ghbdtn") == ("ghbdtn", "привет")
    assert variants("Ёлка")[0] == "елка"
    assert variants("123") == ("123",)
    assert variants("  ") == ()


@given(ANY)
def test_small_names_never_fail(text):
    assert 1 <= len(initials(text)) <= 2
    assert hue_of(text.encode("utf-8", "replace")) in HUES
    slug = slugify(text)
    assert len(slug) <= 40
    assert slug == slug.strip("-")
    assert all(char in "abcdefghijklmnopqrstuvwxyz0123456789-" for char in slug)


def test_initials_and_addresses():
    assert initials("Анна Петрова") == "АП"
    assert initials("ООО «Ромашка»") == "Р"
    assert initials("anna.petrova@example.com") == "AP"
    assert initials("") == "?"
    assert slugify("Северный свет") == "severny-svet"
    assert slugify("Щёлковский завод") == "shchelkovsky-zavod"
    assert slugify("Łódź & Söhne GmbH") == "lodz-sohne-gmbh"
    assert slugify("東京") == ""
    assert hue_of("a") == hue_of("a")
    assert {hue_of(n) for n in range(500)} == set(HUES)


@given(st.text(max_size=12), st.text(max_size=12))
def test_similarity_is_symmetric_and_bounded(a, b):
    assert 0 <= similar(a, b) <= 1
    assert similar(a, b) == similar(b, a)
    assert similar(a, a) == 1


def test_did_you_mean():
    assert closest("gmial.com", ["mail.ru", "gmail.com"]) == "gmail.com"
    assert closest("acme.io", ["mail.ru", "gmail.com"]) is None
    assert closest("x", []) is None
