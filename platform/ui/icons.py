"""The icons that the sprite holds. To add one, copy its symbol from lucide-static (README, "How to add one thing")."""

from __future__ import annotations

import re
from pathlib import Path

SPRITE = Path(__file__).parent / "static" / "ui" / "icons" / "sprite.svg"
NAMES = frozenset(re.findall(r'<symbol id="i-([\w-]+)"', SPRITE.read_text("utf-8")))
