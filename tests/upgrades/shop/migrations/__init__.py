"""The migrations up to the chosen release, one folder each."""

from pathlib import Path

from tests.upgrades.shop.models import RELEASE

__path__ = [str(Path(__file__).parent / f"r{number}") for number in range(1, RELEASE + 1)]
