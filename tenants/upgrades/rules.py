"""What single statements may not do to schemas that are in use; read by the migration check and the plan."""

from __future__ import annotations

import re
from typing import Any

from tenants.upgrades import sharding

_NAME = r'(?:(?:"?\w+"?|\{\w+\})\.)?"?(\w+)"?'
_DROP_COLUMN = re.compile(
    rf'ALTER\s+TABLE\s+(?:ONLY\s+)?(?:IF\s+EXISTS\s+)?{_NAME}.*?DROP\s+COLUMN\s+(?:IF\s+EXISTS\s+)?"?(\w+)"?',
    re.I | re.S,
)
_DROP_TABLE = re.compile(rf"DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?{_NAME}", re.I)
_DROP_DEFAULT = re.compile(
    rf'ALTER\s+TABLE\s+(?:ONLY\s+)?(?:IF\s+EXISTS\s+)?{_NAME}.*?ALTER\s+COLUMN\s+"?(\w+)"?\s+DROP\s+DEFAULT',
    re.I | re.S,
)
_ALTER = re.compile(rf"ALTER\s+TABLE\s+(?:ONLY\s+)?(?:IF\s+EXISTS\s+)?{_NAME}", re.I)
_INDEX = re.compile(
    rf"CREATE\s+(?:UNIQUE\s+)?INDEX\s+(CONCURRENTLY\s+)?.*?\bON\s+(?:ONLY\s+)?{_NAME}", re.I | re.S
)


def statements(sql: Any) -> list[str]:
    """The items of a RunSQL, one string each, parameters left out."""
    items = [sql] if isinstance(sql, str) else list(sql)
    return [item if isinstance(item, str) else item[0] for item in items if item]


def contracts(sql: Any) -> bool:
    """Whether something is removed."""
    return any(_DROP_COLUMN.search(text) or _DROP_TABLE.search(text) for text in statements(sql))


def table_of(text: str) -> str:
    """The table that is indexed or altered; empty for other statements."""
    found = _INDEX.search(text)
    if found is not None:
        return str(found.group(2))
    altered = _ALTER.search(text)
    return str(altered.group(1)) if altered else ""


def faults(sql: Any, columns: dict[str, set[str]], new: set[str]) -> list[str]:
    """What is wrong with the statements, given the columns still in use and the tables made here."""
    import sqlparse

    said = []
    for text in statements(sql):
        if len([part for part in sqlparse.split(text) if part.strip(" ;\n\t")]) > 1:
            said.append("puts several statements into one string. Write one statement per list item.")
        said += _forbidden(text)
        said += _removals(text, columns)
        said += _locks(text, new, set(columns))
    return said


def _forbidden(text: str) -> list[str]:
    said = []
    if re.search(r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:CONSTRAINT\s+)?TRIGGER", text, re.I):
        said.append("makes a trigger. Write history and checks in actions; sharding refuses triggers.")
    return said + sharding.faults(text)


def _removals(text: str, columns: dict[str, set[str]]) -> list[str]:
    said = []
    dropped = _DROP_COLUMN.search(text)
    if dropped and dropped.group(2) in columns.get(dropped.group(1), set()):
        said.append(
            f"drops {dropped.group(1)}.{dropped.group(2)}, which the models still use. Remove the field from the state "
            "one release earlier."
        )
    table = _DROP_TABLE.search(text)
    if table and table.group(1) in columns:
        said.append(
            f"drops {table.group(1)}, which a model still uses. Remove the model one release earlier."
        )
    if re.search(r"ALTER\s+TABLE.*?\bRENAME\b", text, re.I | re.S):
        said.append(
            "renames in the database, which the running release still reads by the old name. Keep the name."
        )
    return said


def _locks(text: str, new: set[str], known: set[str]) -> list[str]:
    said = []
    bare = _DROP_DEFAULT.search(text)
    if bare and bare.group(1) in known - new:
        said.append(
            f"leaves {bare.group(1)}.{bare.group(2)} NOT NULL without a default, so that rows written by the running "
            "release would fail. Give the field db_default= or null=True."
        )
    index = _INDEX.search(text)
    if index and not index.group(1) and index.group(2) in known - new:
        said.append(f"indexes the existing {index.group(2)} at once. Write CREATE INDEX CONCURRENTLY.")
    altered = _ALTER.search(text)
    if altered is None or altered.group(1) in new or altered.group(1) not in known:
        return said
    if re.search(r"ADD\s+CONSTRAINT", text, re.I) and not re.search(r"NOT\s+VALID|USING\s+INDEX", text, re.I):
        said.append(
            f"adds a constraint to the existing {altered.group(1)} at once. Write NOT VALID and validate later."
        )
    if re.search(r"SET\s+NOT\s+NULL", text, re.I):
        said.append(f"sets NOT NULL on the existing {altered.group(1)}. Validate a CHECK constraint first.")
    if re.search(r"\bTYPE\b", text, re.I):
        said.append(f"changes a column type of the existing {altered.group(1)}. Add a new column instead.")
    return said
