"""``import platform`` gives Python's own module, although a folder has that name."""

from __future__ import annotations

import subprocess
import sys

from tests.house import rules


def test_platform_is_the_standard_module() -> None:
    """A package of that name would break half of the libraries."""
    assert not (rules.ROOT / "platform" / "__init__.py").exists(), (
        "platform/__init__.py hides Python's own module platform. Remove it: platform/ is a second source root."
    )
    ask = "import platform; print(platform.python_version())"
    for folder in (rules.ROOT, rules.ROOT / "tests"):
        said = subprocess.run(
            [sys.executable, "-c", ask], cwd=folder, capture_output=True, text=True, check=True
        )
        assert said.stdout.strip() == ".".join(map(str, sys.version_info[:3]))
