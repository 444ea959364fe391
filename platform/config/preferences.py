"""Language and theme of who is no member here: a link asks for them, a cookie keeps them on this device."""

from __future__ import annotations

from urllib.parse import parse_qs

from django.conf import settings
from django.http import HttpRequest

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
_KNOWN = {"lang": LANGUAGES, "theme": ("light", "dark")}


def chosen(request: HttpRequest) -> dict[str, str]:
    """What the link that was followed asks for (``?lang=ru``, ``?theme=dark``); members choose in their profile."""
    if getattr(request, "member", None) is not None:
        return {}
    return {name: request.GET[name] for name, known in _KNOWN.items() if request.GET.get(name) in known}


def kept(request: HttpRequest) -> dict[str, str]:
    """What was chosen before."""
    told = parse_qs(request.COOKIES.get(settings.PREFERENCE_COOKIE, ""))
    return {name: told[name][0] for name, known in _KNOWN.items() if told.get(name, [""])[0] in known}
