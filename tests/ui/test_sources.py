"""Laws of style sheets, scripts and templates that no library checks."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

import ui
from ui import assets

ROOM = Path(ui.__file__).parent
ROOT = ROOM.parents[1]
STATIC = ROOM / "static" / "ui"
SHEETS = sorted(STATIC.glob("css/*.css"))
SCRIPTS = sorted(STATIC.glob("js/*.js"))
TEMPLATES = sorted(
    path
    for room in ("platform", "tenants", "billing", "crm_core", "onboarding")
    for path in (ROOT / room).rglob("templates/**/*.html")
)


def bare(text: str) -> str:
    return re.sub(r"/\*.*?\*/", lambda found: "\n" * found[0].count("\n"), text, flags=re.S)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_components_name_meanings(path: Path) -> None:
    """Colours stand in tokens.css only; no !important, no ids, everything in a layer."""
    text = bare(path.read_text("utf-8"))
    if path.name != "tokens.css":
        assert not re.search(r"oklch\((?!from)|#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", text), (
            "Give the colour a meaning in tokens.css."
        )
        assert "--_" not in text, "The palette is private to tokens.css."
    assert "!important" not in text, "Order by layers instead."
    assert "@import" not in text
    assert not re.search(r"(?:^|[\s,>+~(])#[a-zA-Z][\w-]*\s*[,{.:\[]", text), "Select by class, not by id."
    outside = re.sub(r"@layer [\w, ]+;|@font-face \{[^}]*\}", "", text)
    depth = 0
    for line in outside.splitlines():
        if depth == 0 and line.strip() and not line.startswith(("@layer", "}")):
            pytest.fail(f"{path.name}: {line.strip()[:60]} stands in no layer.")
        depth += line.count("{") - line.count("}")


def test_every_sheet_is_linked() -> None:
    assert {path.stem for path in SHEETS} - {"gallery"} == set(assets.SHEETS)


def test_tokens_that_are_used_exist() -> None:
    """A misspelt token falls back to nothing, silently."""
    texts = [path.read_text("utf-8") for path in [*SHEETS, *ROOT.glob("crm_core/*/static/**/*.css")]]
    known = set(re.findall(r"(--[\w-]+)\s*:", " ".join(texts)))
    used = set(re.findall(r"var\((--[\w-]+)", " ".join(texts)))
    assert not used - known


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_modules_are_small_and_named(path: Path) -> None:
    """One element per module, under 150 lines, importing by the names of the import map, without eval."""
    text = path.read_text("utf-8")
    assert text.count("\n") < 150
    assert text.startswith("//"), "Say in the first line what it is for."
    names = re.findall(r"""(?:from|import)\s*\(?["']([^"']+)["']""", text)
    unknown = [name for name in names if name not in assets.modules()]
    assert not unknown, f"{path.name} imports {unknown}: not in the import map."
    assert not re.search(r"\beval\(|new Function|\.setAttribute\(\s*[\"']style|innerHTML\s*=\s*[`\"']", text)


def test_start_loads_every_element() -> None:
    started = set(re.findall(r'import "(ui/[\w-]+)"', (STATIC / "js/ui.js").read_text("utf-8")))
    elements = {name for name in assets.modules() if name.startswith("ui/")}
    assert elements - started == {"ui/said"}  # imported by the others


def test_import_map_has_the_hash_of_every_file() -> None:
    """A module that was changed on its way must not run."""
    made = json.loads(assets.import_map())
    assert set(made["imports"]) == set(assets.modules())
    for path in [*assets.modules().values(), assets.START]:
        digest = base64.b64encode(hashlib.sha384((STATIC.parent / path).read_bytes()).digest()).decode()
        assert made["integrity"][f"/static/{path}"] == f"sha384-{digest}"


def test_bundle_holds_every_sheet_in_order() -> None:
    whole = assets.bundle()
    places = [whole.index(path.read_text("utf-8")) for path in assets.sheet_files().values()]
    assert places == sorted(places)
    names = [name for name, _storage in assets.BundleFinder().list([])]
    assert names == [assets.BUNDLE]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_templates_obey_the_content_policy(path: Path) -> None:
    """No inline style, script or handler, no expressions for htmx to evaluate: the policy would refuse them."""
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", path.read_text("utf-8"), flags=re.S)
    if "mail/" in str(path) or "print/" in str(path):
        return
    assert not re.search(r"<style\b|\sstyle=", text), "Put it into a style sheet."
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "Put it into a module."
    assert not re.search(r"\son[a-z]+=\"|\bhx-on\b|=\"(?:js|javascript):", text), "Listen in a module."
    triggers = re.findall(r'hx-trigger="([^"]*)"', text)
    assert not any("[" in trigger for trigger in triggers), "A filter of hx-trigger needs eval."
    assert "onclick" not in text


@pytest.mark.parametrize("name", ["inter-latin", "inter-cyrillic", "inter-currency"])
def test_fonts_are_there_with_their_licence(name: str) -> None:
    assert (STATIC / f"fonts/{name}.woff2").read_bytes()[:4] == b"wOF2"
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts/LICENSE-Inter-OFL.txt").read_text("utf-8").upper()
