"""Colour tokens keep their contrast in both themes, computed from tokens.css itself."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

import ui

TOKENS = (Path(ui.__file__).parent / "static/ui/css/tokens.css").read_text("utf-8")
INPUTS = {"--_n": "265", "--_a": "262"}


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """Linear sRGB of an OKLCH colour (Björn Ottosson's matrices)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, part)) for part in (red, green, blue))
    return red, green, blue


def _luminance(value: str) -> float:
    parts = re.fullmatch(r"oklch\(([\d.]+) ([\d.]+) (\S+?)\)", value.strip())
    assert parts, value
    hue = parts[3]
    for name, number in INPUTS.items():
        hue = hue.replace(f"var({name})", number)
    red, green, blue = _linear(float(parts[1]), float(parts[2]), float(hue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def token(name: str, theme: str) -> float:
    """Luminance of a token in a theme."""
    found = re.search(rf"--{name}:\s*(.+?);", TOKENS)
    assert found, name
    both = re.fullmatch(r"light-dark\((oklch\(.+?\)+),\s*(oklch\(.+?\))\)", found[1].strip())
    value = (both[1] if theme == "light" else both[2]) if both else found[1].strip()
    return _luminance(value)


def contrast(one: float, other: float) -> float:
    high, low = max(one, other), min(one, other)
    return (high + 0.05) / (low + 0.05)


GROUNDS = ("canvas", "surface", "sunken", "raised", "hover", "selected", "current")
TEXTS = ("ink", "ink-2", "ink-3", "accent", "positive", "warning", "negative", "info")
PAIRS = (
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-hover", 4.5),
    ("on-float", "float", 4.5),
    ("on-float-2", "float", 4.5),
    ("on-float-accent", "float", 4.5),
    ("on-float", "float-hover", 4.5),
    ("positive", "positive-tint", 4.5),
    ("warning", "warning-tint", 4.5),
    ("negative", "negative-tint", 4.5),
    ("info", "info-tint", 4.5),
    ("ink-3", "trough", 4.5),
    ("line-strong", "surface", 3),
    ("line-strong", "canvas", 3),
    ("focus", "surface", 3),
    ("focus", "selected", 3),
)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read_on_every_ground(text: str, ground: str, theme: str) -> None:
    assert contrast(token(text, theme), token(ground, theme)) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("over", "under", "least"), PAIRS)
def test_pairs_keep_their_contrast(over: str, under: str, least: float, theme: str) -> None:
    assert contrast(token(over, theme), token(under, theme)) >= least
