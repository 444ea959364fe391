"""Writing the registry in few words: a company's rows with the claim of its schema, and a change of its row.

Somebody waits for a new workspace while many others open theirs; each statement less is less for everybody to wait.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connections, models

from kernel.errors import NotFound
from tenants.models import Address, Tenant

# Takes a blank schema of a release out of the reserve; if the transaction fails, it is still there.
_CLAIM = (
    "DELETE FROM tenants_blank WHERE schema_name = (SELECT schema_name FROM tenants_blank"
    " WHERE release = %s ORDER BY made_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING schema_name"
)


def claim(release: str) -> str | None:
    """The name of a blank schema that nobody else gets now; None where the reserve is used up."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_CLAIM, [release])
        row = cursor.fetchone()
    return row and str(row[0])


def write(tenant: Tenant, address: Address) -> bool:
    """Give a new company a blank schema of its release and write both rows, all in one statement.

    False, with nothing written, where the reserve is used up. Raises ``IntegrityError`` for an address in use; then
    the caller's transaction has failed.
    """
    columns, values = worded(tenant, but="schema_name")
    others, more = worded(address, but="id")
    with connections["default"].cursor() as cursor:
        cursor.execute(
            f"WITH blank AS ({_CLAIM}),"  # noqa: S608 - names of columns only
            f" opened AS (INSERT INTO tenants_tenant (schema_name, {columns})"
            f" SELECT schema_name, {places(values)} FROM blank),"
            f" reached AS (INSERT INTO tenants_address ({others}) SELECT {places(more)} FROM blank)"
            " SELECT schema_name FROM blank",
            [tenant.release, *values, *more],
        )
        row = cursor.fetchone()
    if row is None:
        return False
    tenant.schema_name = row[0]
    tenant._state.adding, tenant._state.db = False, "default"
    return True


def worded(row: models.Model, *, but: str = "") -> tuple[str, list[Any]]:
    """The columns of a new row as words of SQL, and their values."""
    connection = connections["default"]
    fields = [field for field in row._meta.concrete_fields if field.name != but]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return columns, [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]


def places(values: list[Any]) -> str:
    """Where the values of a row stand in its statement."""
    return ", ".join(["%s"] * len(values))


def change(tenant_id: UUID, changes: dict[str, Any]) -> Tenant:
    """Set fields of a row that is not closed and count its version on; returns it. Raises ``NotFound``."""
    connection = connections["default"]
    told: dict[Any, Any] = {Tenant._meta.get_field(name): value for name, value in changes.items()}
    wanted = "".join(f'"{field.column}" = %s, ' for field in told)
    columns = ", ".join(f'"{field.column}"' for field in Tenant._meta.concrete_fields)
    rows = Tenant.objects.using("default").raw(
        f"UPDATE tenants_tenant SET {wanted}version = version + 1"  # noqa: S608 - names of columns only
        f" WHERE id = %s AND status <> %s RETURNING {columns}",
        [
            *(field.get_db_prep_save(value, connection) for field, value in told.items()),
            tenant_id,
            Tenant.Status.CLOSED,
        ],
    )
    for tenant in rows:
        return tenant
    raise NotFound
