"""Reading the forms of a page as a browser would: names, values, what is chosen."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

# What forms usually demand, even where the page leaves it to the server to say so.
OFTEN_NEEDED = ("name", "title", "email")


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.select = ""
        self.area = ""
        self.text = ""

    @property
    def fields(self) -> dict[str, Any]:
        return self.forms[-1]["fields"] if self.forms else {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value if value is not None else "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append(
                {
                    "action": given.get("action") or given.get("hx-post") or "",
                    "method": given.get("method", "get"),
                    "fields": {},
                }
            )
        elif tag == "input" and name:
            self._input(given, name)
        elif tag == "textarea" and name:
            self.area, self.text = name, ""
        elif tag == "select" and name:
            self.select = name
            self.fields.setdefault(name, [])
        elif tag == "option" and self.select and "value" in given:
            chosen = self.fields[self.select]
            if "selected" in given or (not chosen and given["value"]):
                self.fields[self.select] = [given["value"]]

    def _input(self, given: dict[str, str], name: str) -> None:
        kind = given.get("type", "text")
        if kind in ("checkbox", "radio"):
            if "checked" in given or (kind == "radio" and name not in self.fields):
                self.fields.setdefault(name, []).append(given.get("value", "on"))
                if kind == "radio":
                    self.fields[name] = self.fields[name][-1:]
        elif kind not in ("submit", "button", "file"):
            self.fields[name] = [given.get("value", "")]
            needed = "required" in given or "aria-required" in given or name in OFTEN_NEEDED
            if not given.get("value") and needed:
                self.fields[name] = [_plausible(kind, name)]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area:
            self.fields[self.area] = [self.text.strip() or "Words"]
            self.area = ""
        elif tag == "select":
            self.select = ""


def _plausible(kind: str, name: str) -> str:
    if kind == "email" or "mail" in name:
        return "somebody.new@firm.example"
    if kind == "number":
        return "1"
    if kind == "date":
        return "2026-12-01"
    return "Words"


def values(html: str, path: str, marker: str) -> dict[str, Any]:
    """The fields of the form on a page that posts to ``path`` (or has no address of its own)."""
    reader = _Forms()
    reader.feed(html)
    posts = [form for form in reader.forms if form["method"].lower() == "post"]
    fitting = [form for form in posts if form["action"].partition("?")[0] == path] or [
        form for form in posts if not form["action"]
    ]
    found = max(fitting, key=lambda form: len(form["fields"]), default={"fields": {}})["fields"]
    return {name: given for name, given in found.items() if name != "csrfmiddlewaretoken"}


def without(value: Any, marker: str) -> Any:
    """The value with the marker taken out of its texts."""
    if isinstance(value, list):
        return [without(part, marker) for part in value]
    return value.replace(marker, "words") if isinstance(value, str) else value


def complaints(answer: Any) -> str:
    """The error sentences of a page, for the message of a failing test."""
    html = answer.content.decode("utf-8", "replace") if not answer.streaming else ""
    found = re.findall(r'class="error"[^>]*>(.*?)</p>', html, re.DOTALL)
    return " | ".join(re.sub(r"<[^>]+>|\s+", " ", part).strip() for part in found)[:1000] or html[:600]
