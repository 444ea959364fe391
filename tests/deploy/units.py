"""The systemd units as systemd reads them: sections, lists, and the drop-ins that come after the unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

DRAFTS = Path(__file__).resolve().parents[2] / "deploy" / "server" / "units"


def sections(path: Path) -> dict[str, list[tuple[str, str]]]:
    """The assignments of one unit file by section, in their order."""
    found: dict[str, list[tuple[str, str]]] = {}
    here: list[tuple[str, str]] = []
    for raw in path.read_text("utf-8").replace("\\\n", " ").splitlines():
        row = raw.strip()
        if not row or row[0] in "#;":
            continue
        if row.startswith("["):
            here = found.setdefault(row.strip("[]"), [])
            continue
        name, _sign, value = row.partition("=")
        here.append((name.strip(), value.strip()))
    return found


@dataclass
class Unit:
    """A unit with everything that its drop-ins add; an empty assignment begins a list anew."""

    name: str
    values: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str, folder: Path = DRAFTS) -> Unit:
        """``name`` with its instance: terem-web@8001.service."""
        stem, _dot, kind = name.rpartition(".")
        prefix, at, _instance = stem.partition("@")
        main = f"{prefix}{at}.{kind}"
        unit = cls(name)
        unit._take(folder / main)
        # systemd reads drop-ins of the whole name and of every prefix that ends with a dash.
        shorter = [f"{prefix[: place + 1]}.{kind}.d" for place, sign in enumerate(prefix) if sign == "-"]
        for drop_in in (*shorter, f"{main}.d"):
            for path in sorted((folder / drop_in).glob("*.conf")):
                unit._take(path)
        return unit

    def _take(self, path: Path) -> None:
        for section, rows in sections(path).items():
            known = self.values.setdefault(section, {})
            for name, value in rows:
                if not value:
                    known[name] = []
                else:
                    known.setdefault(name, []).append(value.replace("%i", self.instance))

    @property
    def instance(self) -> str:
        return self.name.rpartition(".")[0].partition("@")[2]

    def all(self, name: str, section: str = "Service") -> list[str]:
        """Every value of a list."""
        return self.values.get(section, {}).get(name, [])

    def one(self, name: str, otherwise: str = "", section: str = "Service") -> str:
        """The last value."""
        found = self.all(name, section)
        return found[-1] if found else otherwise

    def seconds(self, name: str, otherwise: float) -> float:
        return float(self.one(name, str(otherwise)))
