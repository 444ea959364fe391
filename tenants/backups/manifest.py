"""The manifest beside a snapshot's data: readable JSON, tied to the company's key by a code at its end."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from kernel import sealing
from tenants.backups import store

FORMAT = 1


@dataclass(slots=True)
class Table:
    """One table: its columns in the order of the data, number of rows, SHA-256 of the rows as they lay."""

    name: str
    columns: list[str]
    order: list[str]
    rows: int = 0
    digest: str = ""


@dataclass(slots=True)
class Manifest:
    """What a snapshot holds. Sizes in bytes, ``taken_at`` in UTC; names of files stay inside the seal."""

    tenant: str
    snapshot: str
    schema: str
    release: str
    fingerprint: str
    taken_at: str
    kind: str
    migrations: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    sequences: dict[str, int | None] = field(default_factory=dict)
    files: int = 0
    files_bytes: int = 0
    files_digest: str = ""
    data_bytes: int = 0
    data_digest: str = ""
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    def digests(self) -> dict[str, tuple[int, str]]:
        """Table → number of rows and digest."""
        return {table.name: (table.rows, table.digest) for table in self.tables}


def _code(values: dict[str, Any], key: bytes) -> str:
    text = json.dumps(values, sort_keys=True, separators=(",", ":")).encode()
    return hmac.new(sealing.derive(key, "manifest"), text, hashlib.sha256).hexdigest()


def write(made: Manifest, key: bytes) -> None:
    """Store the manifest; a snapshot counts from this moment."""
    values = asdict(made)
    values["code"] = _code(asdict(made), key)
    text = json.dumps(values, indent=1, ensure_ascii=False).encode()
    with store.present().writing(UUID(made.tenant), UUID(made.snapshot), store.MANIFEST) as target:
        target.write(text)


def read(tenant_id: UUID, snapshot_id: UUID, key: bytes) -> Manifest:
    """The manifest of a snapshot. Raises ``NotFound``; ``Broken`` if it was changed."""
    with store.present().open(tenant_id, snapshot_id, store.MANIFEST) as source:
        text = source.read()
    try:
        values: dict[str, Any] = json.loads(text)
        code = values.pop("code")
        genuine = hmac.compare_digest(code, _code(values, key))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise sealing.Broken("The manifest cannot be read.") from error
    if not genuine or values["format"] != FORMAT or values["snapshot"] != str(snapshot_id):
        raise sealing.Broken("The manifest is not the one that was written.")
    tables = [Table(**table) for table in values.pop("tables")]
    return Manifest(**values, tables=tables)
