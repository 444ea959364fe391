"""Counts of rows in words."""

from __future__ import annotations

from django.utils.translation import get_language

from crm_core.lists.queries.declaring import Table


def counted(table: Table, count: int, *, capped: bool = False) -> str:
    """The number of rows with the table's own word: "14 companies", "1,000+ companies".

    The plural follows the number, whatever it looks like in writing.
    """
    return (table.counted % {"n": count}).replace(str(count), number(count, capped=capped), 1)


def number(count: int, *, capped: bool = False) -> str:
    """A whole number as it is written in the active language, with a plus if there are more."""
    text = f"{count:,}"
    if (get_language() or "en").startswith("ru"):
        text = text.replace(",", "\u00a0")
    return f"{text}+" if capped else text
