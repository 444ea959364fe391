"""Catalogues are read and compiled without GNU gettext, and texts are found without it."""

from __future__ import annotations

import gettext
import io
from pathlib import Path

import pytest

from deploy.checks import words
from deploy.local import catalogue
from deploy.local.say import Problem

PO = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=4; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
"(n%100<12 || n%100>14) ? 1 : n%10==0 || (n%10>=5 && n%10<=9) || (n%100>=11 && n%100<=14)? 2 : 3);\n"

#: somewhere
msgid "Save"
msgstr "Сохранить"

msgctxt "verb"
msgid "Open"
msgstr "Открыть"

msgid "%(n)s deal"
msgid_plural "%(n)s deals"
msgstr[0] "%(n)s сделка"
msgstr[1] "%(n)s сделки"
msgstr[2] "%(n)s сделок"
msgstr[3] "%(n)s сделки"

#, fuzzy
msgid "Maybe"
msgstr "Наверное"

msgid "A \"long\"\n"
"text"
msgstr "«Длинный»\n"
"текст"

#~ msgid "Gone"
#~ msgstr "Ушло"
"""


@pytest.fixture
def po(tmp_path: Path) -> Path:
    """A small Russian catalogue."""
    path = tmp_path / "django.po"
    path.write_text(PO, "utf-8")
    return path


def test_compiled_catalogue_translates(po: Path) -> None:
    """Python's own reader understands what we write."""
    found = gettext.GNUTranslations(io.BytesIO(catalogue.compiled(catalogue.read(po))))
    assert found.gettext("Save") == "Сохранить"
    assert found.pgettext("verb", "Open") == "Открыть"
    assert [found.ngettext("%(n)s deal", "%(n)s deals", n) for n in (1, 2, 5, 11, 21)] == [
        "%(n)s сделка",
        "%(n)s сделки",
        "%(n)s сделок",
        "%(n)s сделок",
        "%(n)s сделка",
    ]
    assert found.gettext('A "long"\ntext') == "«Длинный»\nтекст"
    assert found.gettext("Maybe") == "Maybe"
    assert found.gettext("Gone") == "Gone"


@pytest.mark.parametrize("broken", ['msgid "open\nmsgstr ""', 'msgnot "x"', '"no entry"'])
def test_a_broken_catalogue_names_its_line(tmp_path: Path, broken: str) -> None:
    """A sentence with file and line."""
    path = tmp_path / "django.po"
    path.write_text(broken, "utf-8")
    with pytest.raises(Problem, match="line 1"):
        catalogue.read(path)


def test_texts_are_found_in_python() -> None:
    """Every name of the gettext family, with context and plural."""
    text = (
        '_("a")\nngettext_lazy("one", "many", 3)\npgettext("verb", "Open")\n'
        'translation.npgettext("c", "s", "p", 1)\ngettext_noop("e" "f")\n_(variable)\n'
    )
    found = [(word.context, word.source, word.plural) for word in words._from_python(text, "x.py")]
    assert found == [
        (None, "a", None),
        (None, "one", "many"),
        ("verb", "Open", None),
        ("c", "s", "p"),
        (None, "ef", None),
    ]


def test_texts_are_found_in_templates() -> None:
    """As Django will ask the catalogue for them."""
    text = (
        '{% translate "Open" context "verb" %}{{ _("Hi") }}\n'
        "{% blocktranslate trimmed count n=deals %}\n  One deal 100%\n{% plural %}\n  {{ n }} deals\n"
        "{% endblocktranslate %}"
    )
    found = [(word.context, word.source, word.plural) for word in words._from_template(text, "x.html")]
    assert found == [
        ("verb", "Open", None),
        (None, "Hi", None),
        (None, "One deal 100%%", "%(n)s deals"),
    ]


def test_a_lost_placeholder_is_a_fault() -> None:
    """A translation that drops or invents a value is wrong."""
    word = words.Word("Hello %(name)s", None, None, "x.py:1")
    for russian in ("Привет", "Привет, %(nmae)s"):
        entry = catalogue.Entry(1, "Hello %(name)s", texts={0: russian})
        assert words._faults(entry, word)
    assert not words._faults(catalogue.Entry(1, "Hello %(name)s", texts={0: "%(name)s, привет"}), word)
