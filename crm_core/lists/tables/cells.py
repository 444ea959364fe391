"""The inside of cells as safe HTML: a function per format, since a page draws hundreds of them.

Only a column's own template is drawn as a template; it gets ``row``, ``value`` and ``column``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.template.base import render_value_in_context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from crm_core.lists.tables.parts import Cell
from crm_core.lists.tables.values import RecordShown
from ui.templatetags import ui

EMPTY = mark_safe("")
_DASH = mark_safe('<span class="faint">–</span>')


@dataclass(slots=True)
class Pen:
    """Draws the cells of one page in the context of its template, equal ones only once."""

    context: Any
    kept: dict[Any, Any] = field(default_factory=dict)

    def once(self, draw: Callable[..., Any], *given: Any) -> Any:
        """What ``draw`` makes of plain values, remembered for this page."""
        # Safe and plain text can be equal and yet be escaped differently, so the types belong to the key.
        key = (draw, given, *map(type, given))
        found = self.kept.get(key)
        if found is None:
            found = self.kept[key] = draw(*given)
        return found

    def said(self, value: Any) -> str:
        """A value as a template would write it: nothing for None, numbers localised, text escaped."""
        if isinstance(value, str):
            return conditional_escape(value)
        return "" if value is None else render_value_in_context(value, self.context)

    def template(self, name: str) -> Any:
        return self.once(self.context.template.engine.get_template, name)


def cell_html(pen: Pen, cell: Cell, *, opens: bool = False, flat: bool = False) -> str:
    """The inside of a cell. ``opens``: it holds the record's own link; ``flat``: no links inside."""
    if cell.column.template:
        return _own(pen, cell, opens, flat)
    return FORMATS[cell.column.format](pen, cell, opens, flat)


def _own(pen: Pen, cell: Cell, opens: bool, flat: bool) -> str:
    values = {"column": cell.column, "value": cell.value, "row": cell.row, "opens": opens, "flat": flat}
    with pen.context.push(**values):
        drawn: str = pen.template(cell.column.template).render(pen.context)
    return drawn


def _text(pen: Pen, cell: Cell, opens: bool, flat: bool) -> str:
    if opens:
        return format_html('<a href="{}" data-open>{}</a>', cell.url, pen.said(cell.value))
    return mark_safe(f'<span class="clip">{pen.said(cell.value)}</span>')  # noqa: S308


def _number(pen: Pen, cell: Cell, opens: bool, flat: bool) -> str:
    return pen.said(cell.value)


def _record(pen: Pen, cell: Cell, opens: bool, flat: bool) -> str:
    shown = cell.value
    if not shown:
        return _DASH
    if flat:
        return pen.said(shown.label)
    opening = mark_safe(" data-open") if opens else EMPTY
    return format_html(
        '<a class="who" href="{}"{}>{}<span>{}</span></a>',
        shown.url,
        opening,
        mark_of(pen, shown),
        shown.label,
    )


def mark_of(pen: Pen, shown: Any, size: str = "") -> SafeString:
    """The mark of a company or a person; nothing for other records."""
    if isinstance(shown, RecordShown):
        if shown.square:
            return SafeString(pen.once(ui.avatar, shown.label, size, "square"))
        if shown.round:
            return SafeString(pen.once(ui.avatar, shown.label, size))
    return EMPTY


def _member(pen: Pen, cell: Cell, opens: bool, flat: bool) -> str:
    if not cell.value:
        return pen.once(_nobody)
    return pen.said(cell.value.name) if flat else pen.once(ui.who, cell.value.name)


def _nobody() -> SafeString:
    return format_html('<span class="faint">{}</span>', _("Nobody"))


def _money(pen: Pen, cell: Cell, opens: bool, flat: bool) -> str:
    if not cell.value:
        return _DASH
    amounts = (conditional_escape(ui.money(one.minor, one.currency, "list")) for one in cell.value)
    return mark_safe("<br>".join(amounts))  # noqa: S308


def _date(pen: Pen, cell: Cell, opens: bool, flat: bool) -> str:
    return pen.once(_day, cell.value) if cell.value else ""


def _day(value: Any) -> SafeString:
    return format_html('<span class="soft">{}</span>', ui.when(value, "short"))


def _moment(pen: Pen, cell: Cell, opens: bool, flat: bool) -> str:
    if not cell.value:
        return ""
    return format_html('<span class="soft">{}</span>', ui.moment(cell.value, "relative"))


def _badge(pen: Pen, cell: Cell, opens: bool, flat: bool) -> str:
    one = cell.value
    return pen.once(ui.badge, one.text, one.tone, one.hue) if one else ""


def _tags(pen: Pen, cell: Cell, opens: bool, flat: bool) -> str:
    if not cell.value:
        return ""
    tags = "".join(pen.once(ui.tag, one["name"], one["hue"]) for one in cell.value)
    return mark_safe(f'<span class="tags">{tags}</span>')  # noqa: S308


def _step(pen: Pen, cell: Cell, opens: bool, flat: bool) -> str:
    step = cell.value
    if not step:
        return pen.once(_no_step)
    if step.tone:
        return pen.once(ui.tone, step.words, step.tone, step.icon)
    return format_html('<span class="who next">{}<span>{}</span></span>', ui.icon(step.icon), step.words)


def _no_step() -> SafeString:
    return ui.tone(_("No next step"), "warning", "circle-alert")


def _email(pen: Pen, cell: Cell, opens: bool, flat: bool) -> str:
    return _address(pen, cell.value, f"mailto:{cell.value}", flat)


def _phone(pen: Pen, cell: Cell, opens: bool, flat: bool) -> str:
    return _address(pen, cell.value, f"tel:{cell.value}".replace(" ", ""), flat)


def _address(pen: Pen, value: Any, url: str, flat: bool) -> str:
    if not value:
        return ""
    return pen.said(value) if flat else format_html('<a href="{}">{}</a>', url, value)


def _link(pen: Pen, cell: Cell, opens: bool, flat: bool) -> str:
    if not cell.value:
        return ""
    label = pen.said(cell.value.label)
    return label if flat else format_html('<a href="{}">{}</a>', cell.value.url, label)


def _flag(pen: Pen, cell: Cell, opens: bool, flat: bool) -> str:
    return conditional_escape(_("Yes")) if cell.value else pen.once(_untrue)


def _untrue() -> SafeString:
    return format_html('<span class="faint">{}</span>', _("No"))


FORMATS: dict[str, Callable[[Pen, Cell, bool, bool], str]] = {
    "text": _text,
    "number": _number,
    "percent": _number,
    "record": _record,
    "member": _member,
    "money": _money,
    "date": _date,
    "moment": _moment,
    "badge": _badge,
    "tags": _tags,
    "step": _step,
    "email": _email,
    "phone": _phone,
    "link": _link,
    "flag": _flag,
}
