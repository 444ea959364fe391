"""The gallery shows everything that the kit has, and its markup is sound."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import RequestFactory, signals

import ui
from tests.ui.drawn import Markup, gallery
from ui import assets, icons
from ui.gallery import views
from ui.gallery.registry import FAMILIES, PAGES

ROOM = Path(ui.__file__).parent
TEMPLATES = ROOM / "templates"
URLS = tuple(gallery())


@pytest.fixture(params=["en", "ru"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("url", URLS)
def test_markup_is_sound(url: str, language: str) -> None:
    """Tags close, ids are one of a kind, what names another element finds it."""
    markup = Markup(gallery(language)[url])
    assert not markup.faults
    ids = [
        element["id"]
        for element in markup.elements
        if element.get("id") and not markup.inside_template(element)
    ]
    twice = {name for name in ids if ids.count(name) > 1}
    assert not twice, f"{url} has these ids twice: {twice}"
    ids.append("dialog-title")  # comes with what is fetched into the dialog
    for element in markup.elements:
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget"):
            for name in element.get(attribute, "").split():
                assert name in ids or markup.inside_template(element), (
                    f"{url}: {attribute}={name} names nothing"
                )


@pytest.mark.parametrize("url", URLS)
def test_everything_that_acts_has_a_name(url: str, language: str) -> None:
    """Links, buttons and fields say in words what they are."""
    markup = Markup(gallery(language)[url])
    labelled = {label["for"] for label in markup.all("label") if "for" in label}
    for element in markup.all("a", "button"):
        assert element["words"].strip() or element.get("aria-label"), f"{url}: nameless {element}"
    for element in markup.all("input", "select", "textarea"):
        if element.get("type") == "hidden" or element.get("aria-hidden") == "true":
            continue
        in_label = any(other["tag"] == "label" for other in element["around"])
        assert in_label or element.get("aria-label") or element.get("id") in labelled, (
            f"{url}: nameless {element}"
        )


def test_every_component_has_its_page_and_its_words() -> None:
    """A template that no family lists is never looked at; each says what it is for."""
    shown = {component.template for family in FAMILIES for component in family.components}
    shown |= {page.template for page in PAGES}
    kept = {
        str(path.relative_to(TEMPLATES))
        for folder in ("components", "pages")
        for path in (TEMPLATES / "gallery" / folder).glob("*.html")
    }
    assert kept == shown, "List it in ui/gallery/registry.py, or remove the template."
    for name in sorted(kept):
        text = (TEMPLATES / name).read_text("utf-8")
        assert re.search(r"\{% comment %\}\s*\S.+?\{% endcomment %\}", text, re.S), (
            f"{name} says not what it is for."
        )
        if "/components/" in name:
            assert "Purpose:" in text, f"{name}: begin its comment with name and purpose."


def test_every_partial_is_drawn() -> None:
    """What the kit offers as an include is seen in the gallery or in an error that it can raise."""
    drawn: set[str] = set()

    def note(sender: object, template: object, **kwargs: object) -> None:
        drawn.add(getattr(template, "name", "") or "")

    signals.template_rendered.connect(note)
    try:
        gallery.__wrapped__("en")  # type: ignore[attr-defined]
        for what in ("palette", "options", "form", "fact", "toast", "conflict", "limit", "away", "broken"):
            for headers in ({}, {"HX-Request": "true", "HX-Request-Type": "partial"}):
                views.trial(RequestFactory().get("/gallery/try/", headers=headers), what=what)
    finally:
        signals.template_rendered.disconnect(note)
    offered = {str(path.relative_to(TEMPLATES)) for path in (TEMPLATES / "ui").rglob("*.html")}
    # Errors that no trial raises, and frames that only htmx asks for, have their own tests.
    elsewhere = {name for name in offered if name.startswith("ui/errors/")}
    missing = sorted(offered - drawn - elsewhere)
    assert not missing, f"Show these in the gallery or remove them: {missing}"


def test_every_class_of_a_component_is_shown() -> None:
    """A rule for something that the gallery does not show is a rule that nobody looks at."""
    pages = " ".join(gallery().values())
    scripts = " ".join(path.read_text("utf-8") for path in (ROOM / "static/ui/js").glob("*.js"))
    trials = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    shown = {word for found in re.findall(r'class="([^"]*)"', pages + trials) for word in found.split()}
    missing: dict[str, set[str]] = {}
    for name in assets.SHEETS:
        if name == "list":
            continue  # The list engine's own, looked at on its pages.
        text = re.sub(r"/\*.*?\*/", "", (ROOM / f"static/ui/css/{name}.css").read_text("utf-8"), flags=re.S)
        text = re.sub(r"\{[^{}]*\}", "{}", text)
        for found in re.findall(r"\.(-?[a-zA-Z][\w-]*)", re.sub(r"url\([^)]*\)", "", text)):
            if found not in shown and found not in scripts and not found.endswith("woff2"):
                missing.setdefault(name, set()).add(found)
    assert not missing, f"Show these classes in the gallery or remove them: {missing}"


def test_every_icon_that_templates_name_is_in_the_sprite() -> None:
    """A name that is not there draws nothing, silently."""
    root = ROOM.parents[1]
    rooms = [root / name for name in ("platform", "tenants", "billing", "crm_core", "onboarding")]
    wrong = []
    for path in (path for room in rooms for path in room.rglob("*.html")):
        for tag in re.findall(r"\{%\s*icon(?:_button)?\s+\"([\w-]+)\"", path.read_text("utf-8")):
            if tag not in icons.NAMES:
                wrong.append(f"{path.relative_to(root)}: {tag}")
    assert not wrong, f"Add these to the sprite (platform/ui/README.md): {wrong}"
