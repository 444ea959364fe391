"""Tags of the interface kit: icons, marks, formats, fields. Templates never format by hand."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from kernel import context
from kernel.money import format_money
from kernel.text import hue_of, initials
from kernel.when import format_duration, format_when

register = template.Library()


def _language() -> str:
    return (get_language() or "en").partition("-")[0]


def _zone() -> str:
    found = context.maybe()
    return found.zone if found else "UTC"


@register.simple_tag
def icon(name: str, fill: bool = False) -> SafeString:
    """An icon of the sprite; it only repeats a word, so it is hidden from readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true"{}><use href="{}#i-{}"/></svg>',
        mark_safe(" data-fill") if fill else "",
        static("ui/icons/sprite.svg"),
        name,
    )


@register.simple_tag
def avatar(name: str, size: str = "", shape: str = "", hue: str = "") -> SafeString:
    """The mark of a person (round, two letters) or, with shape="square", of a company (one letter)."""
    letters = initials(name)
    if shape == "square":
        letters = letters[:1]
    return format_html(
        '<span class="avatar" data-hue="{}"{}{} aria-hidden="true">{}</span>',
        hue or hue_of(name),
        format_html(' data-size="{}"', size) if size else "",
        format_html(' data-shape="{}"', shape) if shape else "",
        letters,
    )


@register.simple_tag
def who(name: str, size: str = "") -> SafeString:
    """A person's mark with the name beside it."""
    return format_html('<span class="who">{}<span>{}</span></span>', avatar(name, size), name)


@register.simple_tag
def badge(word: Any, tone: str = "", hue: str = "") -> SafeString:
    """A state: a dot and a word. ``tone`` for status (positive, warning …), ``hue`` for stages."""
    attribute = format_html(' data-tone="{}"', tone) if tone else format_html(' data-hue="{}"', hue or "grey")
    return format_html('<span class="badge"{}>{}</span>', attribute, word)


@register.simple_tag
def tag(word: str, hue: str = "grey") -> SafeString:
    """The tenant's own word."""
    return format_html('<span class="tag" data-hue="{}">{}</span>', hue, word)


@register.simple_tag
def tone(word: Any, name: str, ico: str = "") -> SafeString:
    """A word that says how bad it is, with its icon."""
    return format_html(
        '<span class="tone" data-tone="{}">{}<span class="clip">{}</span></span>',
        name,
        icon(ico) if ico else "",
        word,
    )


@register.simple_tag
def money(minor: int | None, currency: str, cents: str = "auto") -> str:
    """An amount in minor units with its currency, in the reader's language; a dash for none."""
    return "–" if minor is None else format_money(minor, currency, _language(), cents=cents)


@register.filter
def when(value: Any, style: str = "date") -> str:
    """A moment or day in words (styles of ``kernel.when.format_when``)."""
    return "" if value is None else format_when(value, language=_language(), zone=_zone(), style=style)


@register.simple_tag
def moment(value: Any, style: str = "relative") -> SafeString:
    """A ``time`` element: short words, the exact moment on demand."""
    if value is None:
        return mark_safe("")
    return format_html(
        '<time datetime="{}" data-tip="{}">{}</time>',
        value.isoformat(),
        when(value, "moment"),
        when(value, style),
    )


@register.filter
def duration(seconds: int | None) -> str:
    return "" if seconds is None else format_duration(seconds, _language())


@register.filter
def may(member: Any, right: str) -> bool:
    """Whether the member holds a right: ``{% if request.member|may:"clients.edit" %}``."""
    return member is not None and bool(member.may(right))


@register.filter
def hue(value: Any) -> str:
    """The stable hue of a name."""
    return hue_of(str(value))


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, help: str = "", large: bool = False, label: str = "") -> dict[str, Any]:
    """Label, widget, help and errors of one form field."""
    return {"field": bound, "help": help or bound.help_text, "large": large, "label": label or bound.label}


@register.simple_tag(takes_context=True)
def here(context: Any, **changes: Any) -> str:
    """The present address with some query parameters changed (None or "" removes one)."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return "?" + urlencode(list(query.lists()), doseq=True)
