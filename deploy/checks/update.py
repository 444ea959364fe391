"""Bring the Russian catalogue in step with the sources.

``python -m deploy.checks.update [FILE.po …]`` keeps what is translated, takes more texts
from the given files, adds what is missing as empty entries and drops what is gone.
Like makemessages, without GNU gettext and without line numbers, so that changes stay small.
"""

from __future__ import annotations

import sys
from pathlib import Path

from deploy.checks.words import CATALOGUE, PLURAL_FORMS, Word, wanted
from deploy.local.catalogue import Entry, read

_HEADER = r"""# Russian texts of Terem. English is the source; see platform/handbook/style.md.
msgid ""
msgstr ""
"Project-Id-Version: terem\n"
"Language: ru\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=4; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
"(n%100<12 || n%100>14) ? 1 : n%10==0 || (n%10>=5 && n%10<=9) || (n%100>=11 && n%100<=14)? 2 : 3);\n"
"""


def update(more: list[Path]) -> tuple[int, int]:
    """Rewrite the catalogue; how many texts it has and how many of them lack Russian."""
    known: dict[tuple[str | None, str], Entry] = {}
    for path in [CATALOGUE, *more]:
        if path.exists():
            for entry in read(path):
                if entry.source and entry.is_translated and not entry.fuzzy:
                    known[entry.key] = entry
    rows = [_HEADER]
    missing = 0
    for word in sorted(
        wanted().values(), key=lambda word: (word.source.lower(), word.source, word.context or "")
    ):
        texts = known[word.key].texts if word.key in known else {}
        if word.plural is not None and len(texts) != PLURAL_FORMS:
            texts = {}
        missing += not texts
        rows.append(_row(word, texts))
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text("\n".join(rows), "utf-8")
    return len(rows) - 1, missing


def _row(word: Word, texts: dict[int, str]) -> str:
    lines = [f"#: {word.place.rsplit(':', 1)[0]}"]
    if "%(" in word.source or "%s" in word.source:
        lines.append("#, python-format")
    if word.context is not None:
        lines.append(f"msgctxt {_quoted(word.context)}")
    lines.append(f"msgid {_quoted(word.source)}")
    if word.plural is None:
        lines.append(f"msgstr {_quoted(texts.get(0, ''))}")
    else:
        lines.append(f"msgid_plural {_quoted(word.plural)}")
        lines += [f"msgstr[{form}] {_quoted(texts.get(form, ''))}" for form in range(PLURAL_FORMS)]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A string of the catalogue; a text of several lines gets one row per line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    if "\n" not in text:
        return f'"{escaped}"'
    return '""\n' + "\n".join(f'"{part}"' for part in escaped.replace("\n", "\\n\n").split("\n") if part)


def main() -> int:
    """Update, and say what is left to translate."""
    count, missing = update([Path(name) for name in sys.argv[1:]])
    print(f"{count} texts, {missing} without Russian.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
