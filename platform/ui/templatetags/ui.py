"""Tags of the interface kit: icons, marks, formats, fields. Templates never format by hand."""

from __future__ import annotations

import logging
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BaseForm, BoundField
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel import context
from kernel.money import format_money
from kernel.text import hue_of, initials
from kernel.when import format_duration, format_when
from ui import assets, icons

register = template.Library()
log = logging.getLogger("terem.ui")


def _language() -> str:
    return (get_language() or "en").partition("-")[0]


def _zone() -> str:
    found = context.maybe()
    return found.zone if found else "UTC"


def _attributes(**given: Any) -> SafeString:
    """HTML attributes from keywords: ``data_size`` becomes ``data-size``; empty ones are left out, True is bare."""
    made = ""
    for name, value in given.items():
        if value in ("", None, False):
            continue
        attribute = conditional_escape(name.replace("_", "-"))
        made += f" {attribute}" if value is True else f' {attribute}="{conditional_escape(value)}"'
    return mark_safe(made)  # noqa: S308


# What a page loads


@register.simple_tag
def sheets() -> SafeString:
    """Links to the kit's style sheets: one each in development, the bundle in production."""
    return format_html_join(
        "\n", '<link rel="stylesheet" href="{}">', ((url,) for url in assets.sheet_urls())
    )


@register.simple_tag(takes_context=True)
def importmap(context: Any) -> SafeString:
    """The import map with the hash of every module: the only inline script, allowed by its nonce."""
    request = context.get("request")
    nonce = getattr(request, "csp_nonce", "") if request is not None else ""
    return format_html(
        '<script type="importmap"{}>{}</script>',
        _attributes(nonce=str(nonce)),
        mark_safe(assets.import_map().replace("</", "<\\/")),  # noqa: S308
    )


@register.simple_tag
def startscript() -> SafeString:
    """The module that loads the custom elements, and htmx, both with their hashes."""
    return format_html(
        '<script src="{}" integrity="{}" defer></script>\n<script type="module" src="{}"></script>',
        static(assets.HTMX),
        assets.integrity(assets.HTMX),
        static(assets.START),
    )


# Marks


@register.simple_tag
def icon(name: str, fill: bool = False) -> SafeString:
    """An icon of the sprite; it only repeats a word, so it is hidden from readers."""
    if name not in icons.NAMES:
        log.error("There is no icon %r in the sprite; see the gallery for those that are.", name)
    return _symbol(name, bool(fill), _sprite())


@lru_cache(maxsize=512)
def _symbol(name: str, fill: bool, sprite: str) -> SafeString:
    attributes = _attributes(data_fill=fill)
    return format_html(
        '<svg class="icon" aria-hidden="true"{}><use href="{}#i-{}"/></svg>', attributes, sprite, name
    )


@cache
def _sprite() -> str:
    """The sprite's address: a page asks for it some hundred times, and it never changes while we run."""
    return static("ui/icons/sprite.svg")


@register.simple_tag
def icon_url(name: str) -> str:
    """The address of an icon's symbol, for the rare svg element that needs attributes of its own."""
    return f"{_sprite()}#i-{name}"


@register.simple_tag
def avatar(name: Any, size: str = "", shape: str = "", hue: str = "", picture: str = "") -> SafeString:
    """The mark of a person (round, two letters) or, with shape="square", of a company (one letter).

    ``size`` is small, middle or big; ``picture`` the address of an image that takes the letters' place.
    """
    letters = initials(str(name))
    if shape == "square":
        letters = letters[:1]
    return format_html(
        '<span class="avatar" data-hue="{}"{} aria-hidden="true">{}</span>',
        hue or hue_of(str(name)),
        _attributes(data_size=size, data_shape=shape),
        format_html('<img src="{}" alt="" loading="lazy">', picture) if picture else letters,
    )


@register.simple_tag
def avatars(names: Any, shown: int = 3) -> SafeString:
    """A group of people: the first few marks and how many more; all names for readers and as a tooltip."""
    everybody = [str(name) for name in names]
    more = len(everybody) - shown
    return format_html(
        '<span class="avatars" role="img" aria-label="{0}" data-tip="{0}">{1}{2}</span>',
        ", ".join(everybody),
        format_html_join("", "{}", ((avatar(name),) for name in everybody[:shown])),
        format_html('<span class="avatars-more">+{}</span>', more) if more > 0 else "",
    )


@register.simple_tag
def who(name: Any, size: str = "", url: str = "", shape: str = "", hue: str = "") -> SafeString:
    """A person's or, with shape="square", a company's mark with the name beside it; a link with ``url``."""
    inside = format_html("{}<span>{}</span>", avatar(name, size, shape, hue), name)
    if url:
        return format_html('<a class="who" href="{}">{}</a>', url, inside)
    return format_html('<span class="who">{}</span>', inside)


@register.simple_tag
def badge(word: Any, tone: str = "", hue: str = "") -> SafeString:
    """A state: a dot and a word. ``tone`` for status (positive, warning …), ``hue`` for stages."""
    attribute = _attributes(data_tone=tone) if tone else _attributes(data_hue=hue or "grey")
    return format_html('<span class="badge"{}><span>{}</span></span>', attribute, word)


@register.simple_tag
def tag(word: Any, hue: str = "grey") -> SafeString:
    """The tenant's own word."""
    return format_html('<span class="tag" data-hue="{}"><span>{}</span></span>', hue, word)


@register.simple_tag
def tone(word: Any, name: str, ico: str = "") -> SafeString:
    """A word that says how bad it is, with its icon."""
    return format_html(
        '<span class="tone" data-tone="{}">{}<span class="clip">{}</span></span>',
        name,
        icon(ico) if ico else "",
        word,
    )


# Actions


@register.simple_tag
def button(
    words: Any, url: str = "", rank: str = "", icon: str = "", key: str = "", **more: Any
) -> SafeString:
    """A button, or with ``url`` a link that looks like one. ``rank``: primary, quiet or plain.

    ``key`` names its hotkey (``create``, ``edit``); ``more`` are attributes (``type="submit"``, ``data_size="small"``,
    ``data_tone="negative"``, ``hx_get="…"``).
    """
    more = {name.replace("hx_", "hx-"): value for name, value in more.items()}
    attributes = _attributes(data_rank=rank, data_key=key, **more)
    inside = format_html("{}{}", _icon(icon), words)
    if url:
        return format_html('<a class="button" href="{}"{}>{}</a>', url, attributes, inside)
    kind = "" if "type" in more else mark_safe(' type="button"')
    return format_html('<button class="button"{}{}>{}</button>', kind, attributes, inside)


def _icon(name: str) -> Any:
    return icon(name) if name else ""


@register.simple_tag
def icon_button(name: str, words: Any, url: str = "", **more: Any) -> SafeString:
    """An icon that acts: its words are its name for readers and its tooltip."""
    attributes = _attributes(**{key.replace("hx_", "hx-"): value for key, value in more.items()})
    if url:
        return format_html(
            '<a class="icon-button" href="{0}" aria-label="{1}" data-tip="{1}"{2}>{3}</a>',
            url,
            words,
            attributes,
            icon(name),
        )
    kind = "" if "type" in more else mark_safe(' type="button"')
    return format_html(
        '<button class="icon-button"{0} aria-label="{1}" data-tip="{1}"{2}>{3}</button>',
        kind,
        words,
        attributes,
        icon(name),
    )


@register.inclusion_tag("ui/copy.html")
def copy(text: Any, words: Any = "", code: bool = False) -> dict[str, Any]:
    """A value with a button that copies it; ``words`` is what it is called ("Copy address")."""
    return {"text": text, "words": words or _("Copy"), "code": code}


@register.simple_block_tag(takes_context=True)
def menu(
    context: Any, content: str, name: str, words: Any, icon: str = "ellipsis", text: Any = "", **more: Any
) -> str:
    """A button and the menu under it; what stands inside are links, buttons, forms, ``<hr>``.

    ``name`` makes its id (unique on the page); ``words`` is the button's name; with ``text`` the button
    shows words instead of only an icon; ``align="end"`` for menus at the right edge, ``form=True`` for a
    menu that holds fields.
    """
    values = {"content": content, "name": name, "words": words, "icon": icon, "text": text, **more}
    return context.template.engine.get_template("ui/menu.html").render(context.new(values))


# Formats


@register.simple_tag
def money(minor: int | None, currency: str, cents: Any = "auto") -> str:
    """An amount in minor units with its currency, in the reader's language; a dash for none."""
    return "–" if minor is None else format_money(minor, currency, _language(), cents=cents)


@register.filter
def number(value: Any, places: int | None = None) -> str:
    """A number with the reader's separators; a dash for none."""
    return "–" if value is None else number_format(value, places, force_grouping=True)


@register.filter
def when(value: Any, style: Any = "date") -> str:
    """A moment or day in words (styles of ``kernel.when.format_when``)."""
    return "" if value is None else format_when(value, language=_language(), zone=_zone(), style=style)


@register.simple_tag
def moment(value: Any, style: Any = "relative") -> SafeString:
    """A ``time`` element: short words, the exact moment on demand; relative words stay true while the page is open."""
    if value is None:
        return mark_safe("")
    element = format_html(
        '<time datetime="{}" data-tip="{}">{}</time>',
        value.isoformat(),
        when(value, "moment" if hasattr(value, "hour") else "date"),
        when(value, style),
    )
    return format_html("<ui-time>{}</ui-time>", element) if style == "relative" else element


@register.filter
def duration(seconds: int | None) -> str:
    """A length of time in words, from seconds."""
    return "" if seconds is None else format_duration(seconds, _language())


@register.filter
def may(member: Any, right: str) -> bool:
    """Whether the member holds a right: ``{% if request.member|may:"clients.edit" %}``."""
    return member is not None and bool(member.may(right))


@register.filter
def shows(request: Any, part: str) -> bool:
    """Whether the workspace shows a part: ``{% if request|shows:"sales.deals" %}``."""
    choice = getattr(request, "parts", None)
    return choice is None or bool(choice.shows(part))


@register.filter
def hue(value: Any) -> str:
    """The stable hue of a name."""
    return hue_of(str(value))


# Numbers


@register.inclusion_tag("ui/progress.html")
def progress(
    value: int | None, total: int | None = 100, words: Any = "", tone: str = "", size: str = ""
) -> dict[str, Any]:
    """How far something is; without ``value`` it only says that it runs. ``words`` is its name for readers."""
    return {"value": value, "total": total, "words": words or _("Progress"), "tone": tone, "size": size}


@register.inclusion_tag("ui/figure.html")
def figure(words: Any, number: Any, note: Any = "", size: str = "", tone: str = "") -> dict[str, Any]:
    """A number under its name, with what it means below. Stands in ``<dl class="figures">``."""
    return {"words": words, "number": number, "note": note, "size": size, "tone": tone}


# Forms


@register.inclusion_tag("ui/field.html")
def field(
    bound: BoundField,
    help: Any = "",
    large: bool = False,
    label: Any = "",
    width: str = "",
    optional: bool = True,
) -> dict[str, Any]:
    """Label, widget, help and errors of one form field. ``width``: short or middle, as its content is.

    ``optional`` is False where the view itself insists on a value, so that the label must not say otherwise.
    """
    return {
        "field": bound,
        "help": help or bound.help_text,
        "large": large,
        "label": label or bound.label,
        "width": width,
        "optional": optional and not bound.field.required and bound.widget_type != "checkboxselectmultiple",
    }


@register.simple_tag
def ui_form(form: BaseForm) -> SafeString:
    """All fields of a form with its own complaints above; the same as ``{{ form }}``."""
    return form.render()


@register.simple_tag(takes_context=True)
def here(context: Any, **changes: Any) -> str:
    """The present address with some query parameters changed (None or "" removes one)."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return "?" + urlencode(list(query.lists()), doseq=True)
