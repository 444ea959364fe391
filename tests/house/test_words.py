"""Every text that a person reads can be translated: no bare words in templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from tests.house import rules

READ_ALOUD = {"title", "aria-label", "placeholder", "alt", "aria-description", "aria-roledescription"}
SILENT = {"script", "style", "code", "kbd", "pre", "samp"}
# Names that are the same in every language, and code shown as it is.
SAME_EVERYWHERE = re.compile(
    r"\b(?:Terem|CSV|XLSX|PDF|UTF-8|ID|URL|API|TOTP|HTML|Ctrl|Esc|Enter|Alt|Shift|USD|EUR|RUB)\b"
)
_TAGS = re.compile(
    r"\{%\s*comment.*?endcomment\s*%\}|\{%\s*blocktrans(?:late)?\b.*?%\}.*?\{%\s*endblocktrans(?:late)?\s*%\}"
    # A block named "…_class" fills a class attribute of the layout, which nobody reads.
    r"|\{%\s*block \w+_class\s*%\}[a-z -]*\{%\s*endblock\s*%\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}",
    re.S,
)
_WORD = re.compile(r"[A-Za-zА-Яа-яЁё]{2,}")


def test_templates_hold_no_bare_words() -> None:
    """{% translate %} and {% blocktranslate trimmed %} around every text."""
    rules.judge("words", "style", _bare())


def _bare() -> Iterator[tuple[Path, int, str]]:
    for path in rules.files(".html"):
        if "/templates/" not in rules.name(path):
            continue
        text = _TAGS.sub(lambda m: "\n" * m.group(0).count("\n") or " ", path.read_text("utf-8"))
        reader = _Reader()
        reader.feed(text)
        for line, words in reader.found:
            yield path, line, f"shows {words!r} untranslated. Wrap it in {{% translate %}}."


class _Reader(HTMLParser):
    """Collects words that a person would read or hear."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        for key, value in attrs:
            if key in READ_ALOUD and value:
                self._look(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.silent -= tag in SILENT

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT and self.silent > 0

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._look(data)

    def _look(self, text: str) -> None:
        words = _WORD.findall(SAME_EVERYWHERE.sub("", text))
        if words:
            self.found.append((self.getpos()[0], " ".join(words)[:60]))
