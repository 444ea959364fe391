"""Translation catalogues without GNU gettext: read .po, write the .mo that Django loads.

Standard library only, so that the launcher needs no system package.
"""

from __future__ import annotations

import ast
import struct
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import places
from deploy.local.say import Problem

CONTEXT_END = "\x04"
PLURAL_END = "\x00"


@dataclass
class Entry:
    """One entry of a catalogue; ``texts`` holds one translation, or one per plural form."""

    line: int
    source: str = ""
    plural: str | None = None
    context: str | None = None
    texts: dict[int, str] = field(default_factory=dict)
    fuzzy: bool = False

    @property
    def key(self) -> tuple[str | None, str]:
        """Context and source: what makes an entry unique."""
        return (self.context, self.source)

    @property
    def is_translated(self) -> bool:
        """Whether every form has a text."""
        return bool(self.texts) and all(self.texts.values())


def read(path: Path) -> list[Entry]:
    """The live entries of a .po file; the header has an empty source. Raises Problem."""
    entries: list[Entry] = []
    now: Entry | None = None
    part: tuple[str, int] | None = None
    fuzzy = False
    for number, raw in enumerate(path.read_text("utf-8").splitlines(), start=1):
        row = raw.strip()
        if row.startswith("#"):
            if row.startswith("#,") and "fuzzy" in row:
                fuzzy = True
            continue
        if not row:
            continue
        keyword, _, rest = row.partition(" ") if not row.startswith('"') else ("", "", row)
        if keyword == "msgctxt" or (keyword == "msgid" and not (part and part[0] == "context")):
            now = Entry(number, fuzzy=fuzzy)
            entries.append(now)
            fuzzy = False
        if keyword:
            part = _part(keyword, path, number)
        if now is None or part is None:
            raise Problem(f"{path}, line {number}: this is no entry of a catalogue.", "Mend the line.")
        _add(now, part, _text(rest, path, number))
    return entries


def _part(keyword: str, path: Path, number: int) -> tuple[str, int]:
    names = {"msgctxt": "context", "msgid": "source", "msgid_plural": "plural", "msgstr": "text"}
    if keyword.startswith("msgstr[") and keyword.endswith("]"):
        return ("text", int(keyword[7:-1]))
    if keyword not in names:
        raise Problem(f"{path}, line {number}: {keyword} is not a keyword of catalogues.", "Mend it.")
    return (names[keyword], 0)


def _text(quoted: str, path: Path, number: int) -> str:
    try:
        found = ast.literal_eval(quoted)
    except (ValueError, SyntaxError):
        found = None
    if not isinstance(found, str):
        raise Problem(f"{path}, line {number}: the text is not closed by a quote.", "Mend the line.")
    return found


def _add(entry: Entry, part: tuple[str, int], text: str) -> None:
    name, form = part
    if name == "text":
        entry.texts[form] = entry.texts.get(form, "") + text
    elif name == "source":
        entry.source += text
    elif name == "plural":
        entry.plural = (entry.plural or "") + text
    else:
        entry.context = (entry.context or "") + text


def compiled(entries: list[Entry]) -> bytes:
    """The .mo file of these entries, without fuzzy and untranslated ones."""
    table: dict[bytes, bytes] = {}
    for entry in entries:
        if entry.fuzzy or not entry.is_translated:
            continue
        name = entry.source
        if entry.context is not None:
            name = entry.context + CONTEXT_END + name
        if entry.plural is not None:
            name += PLURAL_END + entry.plural
        texts = PLURAL_END.join(entry.texts[form] for form in sorted(entry.texts))
        table[name.encode()] = texts.encode()
    keys: list[bytes] = sorted(table)
    head = 28
    keys_at = head + 16 * len(keys)
    texts_at = keys_at + sum(len(key) + 1 for key in keys)
    key_rows, text_rows, key_data, text_data = [], [], b"", b""
    for key in keys:
        key_rows += [len(key), keys_at + len(key_data)]
        text_rows += [len(table[key]), texts_at + len(text_data)]
        key_data += key + b"\0"
        text_data += table[key] + b"\0"
    count = len(keys)
    numbers = [0x950412DE, 0, count, head, head + 8 * count, 0, head + 16 * count, *key_rows, *text_rows]
    return struct.pack(f"<{len(numbers)}I", *numbers) + key_data + text_data


def compile_all() -> None:
    """Write the .mo beside every .po of the checkout that is newer than its .mo."""
    for po in sorted((places.ROOT / "platform" / "locale").glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        draft = mo.with_suffix(".mo.new")
        draft.write_bytes(compiled(read(po)))
        draft.replace(mo)
