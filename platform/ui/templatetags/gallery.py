"""Tags of the gallery only: its samples stand in both languages side by side, not in the catalogue."""

from __future__ import annotations

from django import template

from ui.gallery.samples import both as pair

register = template.Library()


@register.simple_tag
def both(english: str, russian: str) -> str:
    """The text in the page's language; ``~`` is a no-break space."""
    return str(pair(english, russian))


@register.filter
def swatches(names: str) -> list[str]:
    """Names of tokens, separated by blanks, as a list."""
    return names.split()
