"""The migrations of clients and, after them, those of the releases ahead."""

from pathlib import Path

from tests.upgrades.ahead import AHEAD

_HERE = Path(__file__).parent
_REAL = _HERE.parents[3] / "crm_core" / "clients" / "migrations"
NEWEST = max(path.stem for path in _REAL.glob("[0-9]*.py"))
_FOLDERS = [f"r{number}" for number in range(1, int(AHEAD) + 1)] if AHEAD.isdigit() else [AHEAD]

__path__ = [str(_REAL), *(str(_HERE / name) for name in _FOLDERS)]
