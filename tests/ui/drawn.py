"""Gallery pages drawn without a server, and a reader of their markup."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from typing import Any

from django.test import RequestFactory

from ui.gallery import views
from ui.gallery.registry import FAMILIES, PAGES

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@cache
def gallery(language: str = "en") -> dict[str, str]:
    """Every page of the gallery, by its address."""
    ask = RequestFactory()
    made = {}
    for family in FAMILIES:
        url = f"/gallery/{family.name}/"
        made[url] = views.family(ask.get(url, {"lang": language}), name=family.name).content.decode()
    for page in PAGES:
        url = f"/gallery/page/{page.name}/"
        made[url] = views.whole(ask.get(url, {"lang": language}), name=page.name).content.decode()
    return made


class Markup(HTMLParser):
    """Elements of a page: tag, attributes, the elements around it, its words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[dict[str, Any]] = []
        self.open: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self.feed(html)
        self.faults += [f"<{element['tag']}> is never closed" for element in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = {"tag": tag, "words": "", "around": list(self.open), **{k: v or "" for k, v in attrs}}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(
            {"tag": tag, "words": "", "around": list(self.open), **{k: v or "" for k, v in attrs}}
        )

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1]["tag"] != tag:
            inside = self.open[-1]["tag"] if self.open else "nothing"
            self.faults.append(f"</{tag}> at {self.getpos()} closes <{inside}>")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element["words"] += data

    def all(self, *tags: str) -> list[dict[str, Any]]:
        return [element for element in self.elements if element["tag"] in tags]

    def inside_template(self, element: dict[str, Any]) -> bool:
        return any(other["tag"] == "template" for other in element["around"])
