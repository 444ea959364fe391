"""Untranslated, fuzzy and orphaned Russian: every text of the sources stands in the catalogue.

``python -m deploy.checks.update`` adds the missing entries to the catalogue, to be filled in.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from deploy.local import places
from deploy.local.catalogue import Entry, read

CATALOGUE = places.ROOT / "platform" / "locale" / "ru" / "LC_MESSAGES" / "django.po"
ROOMS = ("platform", "tenants", "billing", "crm_core", "onboarding")
PLURAL_FORMS = 4
_PLACES = {"": (0, None, None), "n": (0, 1, None), "p": (1, None, 0), "np": (1, 2, 0)}
_CALL = re.compile(r"\b(gettext|pgettext|ngettext|npgettext|_)\(")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sdf]|%[sd]|\{(\w*)\}")


@dataclass(frozen=True)
class Word:
    """One text to translate and where it stands."""

    source: str
    plural: str | None
    context: str | None
    place: str

    @property
    def key(self) -> tuple[str | None, str]:
        """What makes it unique in the catalogue."""
        return (self.context, self.source)


def words() -> list[Word]:
    """Every translatable text of the product, from Python and templates."""
    found: list[Word] = []
    for room in ROOMS:
        for path in sorted((places.ROOT / room).rglob("*")):
            relative = str(path.relative_to(places.ROOT))
            if path.suffix == ".py" and "/migrations/" not in relative:
                found += _from_python(path.read_text("utf-8"), relative)
            elif path.suffix in (".html", ".txt", ".svg", ".eml") and "/templates/" in relative:
                found += _from_template(path.read_text("utf-8"), relative)
    return found


def _kind(name: str) -> tuple[int, int | None, int | None] | None:
    """Positions of source, plural and context in a call of the gettext family."""
    if name == "_":
        return _PLACES[""]
    base = name.removesuffix("_lazy").removesuffix("_noop")
    return _PLACES[base.removesuffix("gettext")] if base.endswith("gettext") and len(base) < 10 else None


def _from_python(text: str, place: str) -> Iterator[Word]:
    for node in ast.walk(ast.parse(text, place)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        spots = _kind(name)
        if spots is None:
            continue
        parts = [_literal(node, spot) for spot in spots]
        if parts[0] is not None:
            yield Word(parts[0], parts[1], parts[2], f"{place}:{node.lineno}")


def _literal(call: ast.Call, spot: int | None) -> str | None:
    if spot is None or spot >= len(call.args):
        return None
    found = call.args[spot]
    return found.value if isinstance(found, ast.Constant) and isinstance(found.value, str) else None


def _from_template(text: str, place: str) -> Iterator[Word]:
    """Read the calls that Django's own ``templatize`` makes of a template."""
    from django.utils.translation.template import templatize

    if "{%" not in text and "{{" not in text:
        return
    flat = templatize(text, origin=place)
    for match in _CALL.finditer(flat):
        spots = _kind(match.group(1))
        parts = _strings(flat, match.end())
        if spots is None or not parts:
            continue
        source, plural, context = (parts[i] if i is not None and i < len(parts) else None for i in spots)
        if source is not None:
            line = flat.count("\n", 0, match.start()) + 1
            # Django asks the catalogue with single percent signs, templates double them.
            yield Word(source, plural, context, f"{place}:{line}")


def _strings(flat: str, start: int) -> list[str]:
    """The string literals that follow one another from ``start``."""
    found = []
    literal = re.compile(r"""\s*u?('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")\s*,?""")
    at = start
    while match := literal.match(flat, at):
        found.append(str(ast.literal_eval(match.group(1))))
        at = match.end()
    return found


def problems() -> list[str]:
    """One sentence for each text that lacks Russian, and for each entry without a text."""
    texts = wanted()
    if not CATALOGUE.exists():
        return [f"platform/locale/ru has no catalogue, but {len(texts)} texts wait for one. Add it."]
    entries = [entry for entry in read(CATALOGUE) if entry.source]
    known = {entry.key: entry for entry in entries}
    said = []
    for key, word in texts.items():
        entry = known.get(key)
        if entry is None:
            said.append(f"{word.place}: {word.source!r} has no Russian. Add it to {_name()}.")
        else:
            said += _faults(entry, word)
    said += [
        f"{_name()}:{entry.line}: {entry.source!r} is no longer in the sources. Remove the entry."
        for entry in entries
        if entry.key not in texts
    ]
    doubles = {entry.key for entry in entries if sum(e.key == entry.key for e in entries) > 1}
    said += [
        f"{_name()}: {source!r} stands there twice. Remove one." for _, source in sorted(doubles, key=str)
    ]
    return said


def wanted() -> dict[tuple[str | None, str], Word]:
    """One word for each key of the catalogue."""
    found: dict[tuple[str | None, str], Word] = {}
    for word in words():
        known = found.get(word.key)
        if known is None or (word.plural and not known.plural):
            found[word.key] = word
    return found


def _faults(entry: Entry, word: Word) -> list[str]:
    at = f"{_name()}:{entry.line}"
    if entry.fuzzy:
        return [f"{at}: the Russian of {entry.source!r} is fuzzy. Check it and remove the mark."]
    if not entry.is_translated:
        return [f"{at}: {entry.source!r} has no Russian yet. Write it."]
    if word.plural is not None and set(entry.texts) != set(range(PLURAL_FORMS)):
        return [f"{at}: {entry.source!r} needs the {PLURAL_FORMS} Russian plural forms, one each."]
    allowed = _placeholders(entry.source) | _placeholders(entry.plural or "")
    for text in entry.texts.values():
        strange = _placeholders(text) - allowed
        if strange:
            return [
                f"{at}: the Russian uses {', '.join(sorted(strange))}, the source does not. Make them equal."
            ]
        lost = _placeholders(entry.source) - _placeholders(text)
        if lost and word.plural is None:
            return [f"{at}: the Russian lost {', '.join(sorted(lost))} of the source. Make them equal."]
    return []


def _placeholders(text: str) -> set[str]:
    return {match.group(0) for match in _PLACEHOLDER.finditer(text.replace("%%", ""))}


def _name() -> str:
    return str(CATALOGUE.relative_to(places.ROOT))


def main() -> int:
    """Print the problems; 1 when there are any."""
    found = problems()
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
