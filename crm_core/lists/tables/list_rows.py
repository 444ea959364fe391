"""Tags of the list's own templates: the rows or cards of a page, drawn in one go."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from crm_core.lists.tables import lines
from crm_core.lists.tables.parts import CardShown, ListPage

register = template.Library()


@register.simple_tag(takes_context=True)
def table_rows(context: Any, page: ListPage) -> SafeString:
    """The rows of the table: ``{% table_rows list %}`` inside ``tbody``."""
    return lines.table_rows(context, page)


@register.simple_tag(takes_context=True)
def narrow_rows(context: Any, page: ListPage) -> SafeString:
    """The rows of a narrow screen: ``{% narrow_rows list %}`` inside a list."""
    return lines.narrow_rows(context, page)


@register.simple_tag(takes_context=True)
def board_cards(context: Any, page: ListPage, cards: list[CardShown]) -> SafeString:
    """Cards of a lane: ``{% board_cards list cards %}`` inside a list."""
    return lines.board_cards(context, page, cards)
