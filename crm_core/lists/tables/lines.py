"""The rows of a list as safe HTML: those of the table, those of two lines on a narrow screen, and a board's cards."""

from __future__ import annotations

from dataclasses import replace
from secrets import token_hex
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from crm_core.lists.queries.declaring import Column
from crm_core.lists.tables.cells import Pen, cell_html, mark_of
from crm_core.lists.tables.parts import CardShown, ListPage, Row
from ui.templatetags import ui


def table_rows(context: Any, page: ListPage) -> SafeString:
    """All rows of the table with the headings of their groups."""
    pen = Pen(context)
    check = _check() if page.bulk else ""
    span = len(page.heads) + 1
    begins = [_begin(head.column) for head in page.heads]
    made: list[str] = []
    for row in page.rows:
        if row.heading:
            heading = conditional_escape(row.heading)
            made.append(f'<tr class="group"><th colspan="{span}" scope="rowgroup">{heading}</th></tr>\n')
        made.append(_table_row(pen, row, check, begins))
    return mark_safe("".join(made))  # noqa: S308


def _check() -> str:
    """The cell with the box that selects a row, with places for key and name."""
    box = '<input class="check" type="checkbox" name="ids" value="%(pk)s" aria-label="{}">'
    return f'<td class="cell-check">{box.format(_("Select %(name)s"))}</td>'


def _begin(column: Column) -> str:
    if column.fixed:
        return '<th scope="row" class="cell-clip">'
    return f'<td class="cell-{column.format}{" cell-end" if column.at_end else ""}">'


def _table_row(pen: Pen, row: Row, check: str, begins: list[str]) -> str:
    pk = conditional_escape(row.pk)
    peek = f' data-peek="{conditional_escape(row.url)}"' if row.url else ""
    made = [f'<tr data-row id="row-{pk}"{peek}>']
    if check:
        made.append(check % {"pk": pk, "name": conditional_escape(row.label)})
    for begin, cell in zip(begins, row.cells, strict=True):
        fixed = cell.column.fixed
        made.append(f"{begin}{cell_html(pen, cell, opens=fixed)}{'</th>' if fixed else '</td>'}")
    made.append("</tr>\n")
    return "".join(made)


def narrow_rows(context: Any, page: ListPage) -> SafeString:
    """All rows in two lines each, every one a link to its record."""
    pen = Pen(context)
    behind = ui.icon("chevron-right")
    made: list[str] = []
    for row in page.rows:
        if row.heading:
            made.append(f'<li class="group">{conditional_escape(row.heading)}</li>\n')
        inside = _two_lines(pen, row)
        if row.url:
            url = conditional_escape(row.url)
            made.append(f'<li><a class="row" href="{url}">{inside}{behind}</a></li>\n')
        else:
            made.append(f'<li><div class="row">{inside}</div></li>\n')
    return mark_safe("".join(made))  # noqa: S308


def _two_lines(pen: Pen, row: Row) -> str:
    start = row.phone.get("start")
    mark = mark_of(pen, start.value if start else None, "middle") or "<span></span>"
    first = f'<span class="medium">{conditional_escape(row.label)}</span>'
    if "end" in row.phone:
        first += f'<span class="num">{_flat(pen, row, "end")}</span>'
    second = f"<span>{_flat(pen, row, 'below')}</span>"
    if "below_end" in row.phone:
        second += f"<span>{_flat(pen, row, 'below_end')}</span>"
    lines = f'<span class="row-line">{first}</span>\n'
    if "below" in row.phone or "below_end" in row.phone:
        lines += f'<span class="row-line">{second}</span>'
    return f"{mark}\n<span>{lines}</span>\n"


def _flat(pen: Pen, row: Row, place: str) -> str:
    cell = row.phone.get(place)
    return cell_html(pen, cell, flat=True) if cell else ""


def board_cards(context: Any, page: ListPage, cards: list[CardShown]) -> SafeString:
    """Cards of a lane; the app's own template draws what is inside."""
    pen = Pen(context)
    made: list[str] = []
    for card in cards:
        with context.push(card=card, row=card.row, cells=card.cells):
            inside = pen.template(page.board_card).render(context)
        made.append(f"<li {_card_attributes(card)}>{inside}{_move_menu(pen, page, card)}</li>\n")
    return mark_safe("".join(made))  # noqa: S308


def _card_attributes(card: CardShown) -> str:
    pk, label = conditional_escape(card.pk), conditional_escape(card.label)
    said = f'class="card" data-card="{pk}" data-label="{label}" id="card-{pk}"'
    if not card.move_url:
        return said
    return f'{said} data-move="{conditional_escape(card.move_url)}" hx-push-url="false"'


def _move_menu(pen: Pen, page: ListPage, card: CardShown) -> str:
    """The way to move a card without dragging: drawn once for a page, with places for what differs."""
    if not card.move_url:
        return ""
    if page.move_menu is None:
        # Nobody's words can hold these places: they are made anew for each page.
        places: dict[str, Any] = {name: f"{name}{token_hex(16)}" for name in ("pk", "label", "move_url")}
        with pen.context.push(card=replace(card, **places)):
            page.move_menu = pen.template("lists/move_to.html").render(pen.context), places
    drawn, places = page.move_menu
    for name, place in places.items():
        drawn = drawn.replace(place, conditional_escape(getattr(card, name)))
    return drawn
