"""What a cluster that keeps each company's schema on one node (Citus) refuses in these schemas, decision 0014.

The rules hold on plain PostgreSQL too, so that a company can be moved to a cluster at any time.
Triggers, several statements in one string and Python are refused beside this, in :mod:`.rules`
and in the migration check.
"""

from __future__ import annotations

import re

_RULES = [
    (
        r"CREATE\s+(?:OR\s+REPLACE\s+)?RULE\b",
        "makes a rewrite rule, which sharding refuses. Write it in actions.",
    ),
    (
        r"\bINHERITS\s*\(|ALTER\s+TABLE\b.*?\b(?<!NO )INHERIT\s",
        "lets a table inherit from another, which sharding refuses. Write the columns out.",
    ),
    (
        r"CREATE\s+FOREIGN\s+TABLE\b",
        "makes a foreign table, which sharding refuses. Read the other source in a connector.",
    ),
    (
        r"ALTER\s+TABLE\b.*?\bSET\s+SCHEMA\b",
        "moves a table to another schema, which sharding refuses. Make a new table and copy in a data step.",
    ),
    (
        r"PARTITION\s+OF\b.*?\bPARTITION\s+BY\b",
        "divides a partition again, which sharding refuses. Keep one level of partitions.",
    ),
    (
        r"CREATE\s+EXTENSION\b",
        "makes an extension in a company's schema, which hinders sharding. Extensions live in the schema ext.",
    ),
    (
        r"[\w\"]\s+(?:small)?serial[24]?\s*(?:,|\)|NOT\b|NULL\b|PRIMARY\b|UNIQUE\b|$)|\b(?:integer|int|int2|int4|smallint)\s+(?:NOT\s+NULL\s+)?GENERATED\b[^,]*\bIDENTITY\b",
        "numbers rows by a sequence of 32 bits or less, which nodes cannot share. Use bigint.",
    ),
]
_COMPILED = [(re.compile(pattern, re.I | re.S), words) for pattern, words in _RULES]
# A name with its schema; the mark of a company's own schema is its own.
_REFERENCES = re.compile(r'REFERENCES\s+"?(\w+)"?\s*\.', re.I)
_PARTITION = re.compile(r'PARTITION\s+OF\s+"?(\w+)"?\s*\.', re.I)


def faults(text: str) -> list[str]:
    """What is wrong with one statement for a company's schema, each with the way on."""
    said = [words for pattern, words in _COMPILED if pattern.search(text)]
    for found in _REFERENCES.finditer(text):
        said.append(f"ties a table to the {found[1]} schema by a foreign key. Store the plain id.")
    for found in _PARTITION.finditer(text):
        said.append(
            f"makes a partition of a table in the schema {found[1]}. Both must lie in the company's own."
        )
    return said
