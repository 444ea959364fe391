"""The plan from one release to another: hops of statements with placeholders, made once for all companies."""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from kernel.when import now
from tenants.models import Blueprint
from tenants.upgrades.models import UpgradePlan

# Up to this size a table is indexed and validated within the company's one short transaction:
# reading eight megabytes takes milliseconds. Larger ones are not locked for that long.
SMALL_TABLE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Statement:
    """One statement with ``{schema}`` for schema and role.

    ``concurrent`` is its form for large tables (it takes no lock that hinders
    writing, and no transaction); ``locks`` what the rehearsal saw it take on
    tables that were there before, as ``[table, mode]``; ``faults`` why it is
    unsafe and what to do instead.
    """

    sql: str
    concurrent: str = ""
    locks: list[list[str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Hop:
    """A part of the way that leaves a schema in a known state.

    ``apart``: must not share a transaction with its neighbours if one of
    ``tables`` is large. ``data`` names the data steps that follow.
    """

    from_release: str
    to_release: str
    migrations: list[str]
    statements: list[Statement]
    apart: bool = False
    tables: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)

    @cached_property
    def script(self) -> str:
        """Its statements as one text, worded once for all companies."""
        return ";\n".join(fused([statement.sql for statement in self.statements]))


@dataclass(frozen=True)
class Plan:
    """All hops of the way from one release to another."""

    from_release: str
    to_release: str
    hops: tuple[Hop, ...]
    seconds: float

    @property
    def statements(self) -> list[Statement]:
        return [statement for hop in self.hops for statement in hop.statements]

    @property
    def migrations(self) -> list[str]:
        return [name for hop in self.hops for name in hop.migrations]

    @cached_property
    def whole(self) -> Hop:
        """The way as one hop, for companies whose tables are small."""
        return Hop(self.from_release, self.to_release, self.migrations, self.statements)

    @property
    def watched(self) -> list[str]:
        """Tables whose size decides whether the way is one transaction."""
        return sorted({table for hop in self.hops if hop.apart for table in hop.tables})

    @property
    def data(self) -> list[str]:
        return [name for hop in self.hops for name in hop.data]

    @property
    def digest(self) -> str:
        texts = [f"{s.sql}\n{s.concurrent}" for s in self.statements]
        return hashlib.sha256("\n".join(texts).encode()).hexdigest()


_ADDS = re.compile(r'^ALTER TABLE ("\w+") (ADD (?:COLUMN|CONSTRAINT) [^;]*)$')


def fused(texts: list[str]) -> list[str]:
    """Neighbouring additions to one table as one statement: the table is opened and locked once."""
    made: list[str] = []
    table = ""
    for text in texts:
        found = _ADDS.match(text)
        if found is not None and found[1] == table:
            made[-1] += f", {found[2]}"
        else:
            made.append(text)
        table = found[1] if found is not None else ""
    return made


def store(plan: Plan) -> None:
    """Keep a plan, so that a resumed run needs no second rehearsal."""
    UpgradePlan.objects.update_or_create(
        from_release=plan.from_release,
        to_release=plan.to_release,
        defaults={
            "hops": [asdict(hop) for hop in plan.hops],
            "digest": plan.digest,
            "seconds": plan.seconds,
            "made_at": now(),
        },
    )


def still_true(from_release: str, to_release: str) -> Plan | None:
    """The plan of a rehearsal of just this way, if it was made after both of its ends were read as they are now."""
    ends = Blueprint.objects.filter(release__in=(from_release, to_release))
    made = [row.made_at for row in ends]
    found = UpgradePlan.objects.filter(from_release=from_release, to_release=to_release).first()
    return _read(found) if found is not None and len(made) == 2 and found.made_at > max(made) else None


def known(from_release: str, to_release: str) -> Plan | None:
    """The plan of an earlier rehearsal, or None."""
    row = UpgradePlan.objects.filter(from_release=from_release, to_release=to_release).first()
    return _read(row) if row is not None else None


def passing(release: str, to_release: str) -> Plan | None:
    """The rest of a known plan that leads through ``release``: for companies stopped half-way."""
    for row in UpgradePlan.objects.filter(to_release=to_release):
        plan = _read(row)
        rest = tuple(
            plan.hops[number:] for number, hop in enumerate(plan.hops) if hop.from_release == release
        )
        if rest:
            return Plan(release, to_release, rest[0], plan.seconds)
    return None


def _read(row: UpgradePlan) -> Plan:
    return Plan(row.from_release, row.to_release, tuple(_hop(hop) for hop in row.hops), row.seconds)


def _hop(values: dict[str, Any]) -> Hop:
    return Hop(**{**values, "statements": [Statement(**found) for found in values["statements"]]})
