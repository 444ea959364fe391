"""What a PostgreSQL must be for Terem: run by the release's own Python, for the driver is there only.

    python -m deploy.server.postgres DSN

Each finding is a line: ``trouble`` or ``hint``, what is wrong, and the way on, between tabs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import psycopg

_VERSION = 18
_WANTED = (
    ("max_locks_per_transaction", 256, "an upgrade or a backup of a company with many tables would stop"),
    ("max_connections", 200, "busy hours would end in error pages"),
)


def findings(version: int, known: dict[str, int], extensions: set[str]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a server of this version, these settings, and these extensions at hand."""
    if version < _VERSION:
        yield (
            "trouble",
            f"This is PostgreSQL {version}; Terem needs {_VERSION}.",
            "Install it from the PostgreSQL project's own packages for your distribution, or take a server elsewhere (--database).",
        )
    if "pg_trgm" not in extensions:
        yield (
            "trouble",
            "This PostgreSQL has no extension pg_trgm, by which names are searched.",
            "Install the package with its extensions (postgresql-contrib).",
        )
    for name, least, why in _WANTED:
        if known[name] < least:
            yield (
                "hint",
                f"PostgreSQL's {name} is {known[name]}: {why}.",
                f"In psql: ALTER SYSTEM SET {name} = {least}; then restart PostgreSQL.",
            )


def main() -> int:
    """Ask the server; 0 also with findings."""
    with psycopg.connect(sys.argv[1], connect_timeout=10, autocommit=True) as line:
        known = {name: int(line.execute(f"SHOW {name}").fetchone()[0]) for name, _least, _why in _WANTED}  # type: ignore[index]
        extensions = {row[0] for row in line.execute("SELECT name FROM pg_available_extensions")}
        for row in findings(line.info.server_version // 10000, known, extensions):
            sys.stdout.write("\t".join(row) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
