"""The companies that the browser tests look at: where they are, who is signed in, the ids of their things."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

LANGUAGES = ("en", "ru")


@dataclass
class Workspace:
    """One company: its subdomain, the session keys of members by role, ids of things by the URL they belong to."""

    slug: str
    keys: dict[str, str] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)

    def thing(self, route: str, parameter: str) -> str:
        """The value for a parameter of a route. The longest prefix that is known decides."""
        for prefix in sorted(self.things, key=len, reverse=True):
            name, _, wanted = prefix.partition("#")
            if route.startswith(name) and (not wanted or wanted == parameter):
                return self.things[prefix]
        raise LookupError(f"No {parameter} is known for {route}: give it one in tests/browser/seed.py.")


@dataclass
class Seeded:
    """``workspaces`` by "demo-en", "fresh-ru" and so on.

    ``accounts`` are session keys of the account host ("owner-en", "operator-ru"), ``things`` ids for its
    URLs by language, ``mail`` the folder of outgoing letters, ``typed`` the names that people gave.
    """

    workspaces: dict[str, Workspace] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    things: dict[str, dict[str, str]] = field(default_factory=dict)
    mail: str = ""
    typed: list[str] = field(default_factory=list)

    def to_json(self) -> str:
        """As text, for the process that drives the browser."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Seeded:
        """What ``to_json`` wrote."""
        read: dict[str, Any] = json.loads(text)
        workspaces = {name: Workspace(**values) for name, values in read.pop("workspaces").items()}
        return cls(workspaces=workspaces, **read)
