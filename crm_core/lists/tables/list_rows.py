"""Tags of the list's own templates: the rows of a page, drawn in one go."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from crm_core.lists.tables import lines
from crm_core.lists.tables.parts import ListPage

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
def move_choices(context: Any, page: ListPage) -> SafeString:
    """Where a card can be moved to: the same for every card of a page, so it is drawn once."""
    if not page.move_choices:
        drawn = context.template.engine.get_template("lists/move_choices.html")
        page.move_choices = drawn.render(context)
    return SafeString(page.move_choices)
