"""Migrations that could break or block the release that still runs beside them.

Release N works on schemas N and N+1, so a migration only adds (expand), or removes
what the code has already let go (contract). What a migration itself creates is free.
Run inside Django: ``python -m deploy.checks.migrations``.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.checks import exceptions
from deploy.local import places
from tenants.upgrades import rules

PAGE = "(handbook/architecture: upgrades)"


@dataclass
class Step:
    """One migration under examination: its name, the state before it, what it created."""

    app: str
    name: str
    tenant_side: bool
    before: Any
    created: set[str] = field(default_factory=set)
    expands: bool = False
    contracts: bool = False
    said: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Note a problem of this migration."""
        self.said.append(f"{self.app}.{self.name} {text} {PAGE}")

    def is_new(self, model: str) -> bool:
        """Whether this migration itself creates the model."""
        return model.lower() in self.created


def problems() -> list[str]:
    """One sentence for each unsafe operation of our own apps' migrations."""
    from django.apps import apps
    from django.conf import settings
    from django.db.migrations.loader import MigrationLoader

    ours = {a.label: a.name for a in apps.get_app_configs() if _is_ours(a.path)}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    plan: list[tuple[str, str]] = []
    for leaf in sorted(loader.graph.leaf_nodes()):
        plan += [node for node in loader.graph.forwards_plan(leaf) if node not in plan]
    said: list[str] = []
    state = loader.project_state([])
    for app, name in plan:
        migration = loader.graph.nodes[(app, name)]
        if app in ours:
            path = Path(inspect.getfile(type(migration)))
            relative = str(path.relative_to(places.ROOT))
            if not exceptions.allowed("migrations", relative):
                step = Step(app, name, ours[app] in settings.TENANT_APPS, state.clone())
                said += _examine(step, migration, state.clone())
                said += _foreign_imports(path, ours[app], relative)
        state = migration.mutate_state(state, preserve=False)
    return said


def _is_ours(path: str) -> bool:
    return Path(path).is_relative_to(places.ROOT) and not Path(path).is_relative_to(places.VENV)


def _examine(step: Step, migration: Any, state: Any) -> list[str]:
    for operation in migration.operations:
        after = state.clone()
        operation.state_forwards(step.app, after)
        _operation(step, operation, state, after)
        state = after
    if step.expands and step.contracts:
        step.say("adds and removes. Split it: one migration expands, a later release contracts.")
    return step.said


def _operation(step: Step, operation: Any, state: Any, after: Any) -> None:
    """Send one operation to its rule."""
    kind = next((c.__name__ for c in type(operation).__mro__ if c.__name__ in _RULES), None)
    if kind is not None:
        _RULES[kind](step, operation, state, after)


def _create_model(step: Step, operation: Any, _state: Any, after: Any) -> None:
    step.created.add(operation.name.lower())
    step.expands = True
    for name, column in operation.fields:
        _foreign_key(step, operation.name, name, column, after)


def _add_field(step: Step, operation: Any, _state: Any, after: Any) -> None:
    step.expands = True
    column, where = operation.field, f"{operation.model_name}.{operation.name}"
    _foreign_key(step, operation.model_name, operation.name, column, after)
    if step.is_new(operation.model_name) or column.many_to_many:
        return
    if not column.null and not column.has_db_default() and not column.generated:
        step.say(
            f"adds {where} as NOT NULL without a default in the database: rows written by the running release "
            "would fail. Give it db_default= or null=True."
        )
    if column.unique or column.db_index:
        step.say(
            f"indexes the new {where} of an existing table at once, which locks it. Add it with db_index=False and "
            "make the index with AddIndexConcurrently."
        )
    if column.is_relation and column.db_constraint:
        step.say(
            f"adds {where} with a foreign key to an existing table. Use db_constraint=False and add the "
            "constraint by RunSQL with NOT VALID, then validate it."
        )


def _alter_field(step: Step, operation: Any, state: Any, _after: Any) -> None:
    if step.is_new(operation.model_name):
        return
    old = state.models[step.app, operation.model_name.lower()].fields[operation.name]
    new, where = operation.field, f"{operation.model_name}.{operation.name}"
    if old.primary_key and _kind(old) != _kind(new):
        step.say(f"changes the type of the primary key {where}. A key's type never changes: add a new table.")
    elif _kind(old) != _kind(new) and not _only_widens(old, new):
        step.say(
            f"changes the type of {where}, which rewrites the table under a lock. Add a new column, copy in "
            "batches, and drop the old one a release later."
        )
    if old.null and not new.null:
        step.say(
            f"makes {where} NOT NULL. Add a CHECK constraint with NOT VALID, validate it, then set it a release later."
        )
    if (new.unique and not old.unique) or (new.db_index and not old.db_index):
        step.say(f"indexes {where} of an existing table at once. Use AddIndexConcurrently instead.")


def _remove(step: Step, operation: Any, _state: Any, _after: Any) -> None:
    model = getattr(operation, "model_name", None) or operation.name
    if step.is_new(model):
        return
    step.contracts = True
    what = f"{model}.{operation.name}" if hasattr(operation, "model_name") else operation.name
    step.say(
        f"drops {what} in the same release that stops using it, while the release before still reads it. Remove it "
        "from the state first (SeparateDatabaseAndState with state_operations only); drop it a release later by RunSQL."
    )


def _rename(step: Step, operation: Any, _state: Any, _after: Any) -> None:
    model = getattr(operation, "model_name", None) or getattr(operation, "old_name", None) or operation.name
    if not step.is_new(model):
        step.say(
            f"renames {model} or a column of it, which the running release still reads by its old name. "
            "Keep the name in the database (db_column or db_table)."
        )


def _add_index(step: Step, operation: Any, _state: Any, _after: Any) -> None:
    step.expands = True
    concurrent = "Concurrently" in type(operation).__name__
    if not concurrent and not step.is_new(operation.model_name):
        step.say(f"adds an index to the existing {operation.model_name} at once. Use AddIndexConcurrently.")


def _add_constraint(step: Step, operation: Any, _state: Any, _after: Any) -> None:
    step.expands = True
    not_valid = "NotValid" in type(operation).__name__
    if not not_valid and not step.is_new(operation.model_name):
        step.say(
            f"adds a constraint to the existing {operation.model_name}, which reads the whole table under a lock. "
            "Use AddConstraintNotValid, and ValidateConstraint in the next migration."
        )


def _unique_together(step: Step, operation: Any, state: Any, _after: Any) -> None:
    known = state.models[step.app, operation.name.lower()].options.get("unique_together") or set()
    if not step.is_new(operation.name) and set(operation.option_value or ()) - set(known):
        step.say(
            f"makes columns of the existing {operation.name} unique at once. Add a unique index concurrently."
        )


def _run_sql(step: Step, operation: Any, state: Any, _after: Any) -> None:
    tables = {
        model.options.get("db_table") or f"{app}_{name}": (app, name)
        for (app, name), model in state.models.items()
    }
    columns = {
        table: {
            column.db_column or column.get_attname_column()[1] or name
            for name, column in _columns(state, key)
        }
        for table, key in tables.items()
    }
    new = {table for table, (app, name) in tables.items() if app == step.app and name in step.created}
    found = rules.faults(operation.sql, columns, new)
    step.contracts = step.contracts or rules.contracts(operation.sql)
    for fault in found:
        step.say(fault)


def _columns(state: Any, key: tuple[str, str]) -> Iterator[tuple[str, Any]]:
    for name, column in state.models[key].fields.items():
        if not column.many_to_many:
            if not getattr(column, "name", None):
                column.set_attributes_from_name(name)
            yield name, column


def _run_python(step: Step, _operation: Any, _state: Any, _after: Any) -> None:
    if step.tenant_side:
        step.say(
            "runs Python, which can be neither rendered once for all tenants nor taken up after a stop. Write single "
            "statements with RunSQL, or a data step in the upgrade."
        )


def _both(step: Step, operation: Any, state: Any, after: Any) -> None:
    for inner in operation.database_operations:
        if type(inner).__name__ in ("RunSQL", "RunPython"):
            _operation(step, inner, state, after)
            continue
        later = state.clone()
        inner.state_forwards(step.app, later)
        _operation(step, inner, state, later)


def _foreign_key(step: Step, model: str, name: str, column: Any, state: Any) -> None:
    """A tenant's schema must be dumpable and restorable alone, and fit on a node of a cluster."""
    from django.apps import apps
    from django.conf import settings

    if step.tenant_side and type(column).__name__ in ("AutoField", "SmallAutoField"):
        step.say(
            f"numbers {model}.{name} by a sequence of 32 bits or less, which nodes of a cluster cannot share. Use "
            "BigAutoField, or a UUID."
        )
    if not (step.tenant_side and column.is_relation and column.remote_field):
        return
    target = column.remote_field.model
    label = target.split(".")[0] if isinstance(target, str) else target._meta.app_label
    if label in ("self", step.app) or ("." not in str(target) and isinstance(target, str)):
        return
    # A many-to-many keeps the word on its other side.
    tied = getattr(column, "db_constraint", getattr(column.remote_field, "db_constraint", True))
    if apps.get_app_config(label).name not in settings.TENANT_APPS and tied:
        step.say(f"ties {model}.{name} to {label} in the public schema by a foreign key. Store the plain id.")


def _kind(column: Any) -> str:
    from django.db import connections

    try:
        return str(column.db_type(connections["default"]))
    except Exception:
        return str(column.deconstruct()[1])


def _only_widens(old: Any, new: Any) -> bool:
    """A longer varchar, or text instead of varchar, changes the catalogue only."""
    if not str(_kind(old)).startswith("varchar"):
        return False
    longer = (new.max_length or 10**9) >= (old.max_length or 0)
    return str(_kind(new)) == "text" or (str(_kind(new)).startswith("varchar") and longer)


def _foreign_imports(path: Path, package: str, relative: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            if (name == package or name.startswith(f"{package}.")) and ".migrations" not in name:
                yield f"{relative} imports {name}: migrations must not change with the app. Copy the value in. {PAGE}"


_RULES: dict[str, Any] = {
    "CreateModel": _create_model,
    "AddField": _add_field,
    "AlterField": _alter_field,
    "RemoveField": _remove,
    "DeleteModel": _remove,
    "RenameField": _rename,
    "RenameModel": _rename,
    "AlterModelTable": _rename,
    "AddIndex": _add_index,
    "AddConstraint": _add_constraint,
    "AlterUniqueTogether": _unique_together,
    "RunSQL": _run_sql,
    "RunPython": _run_python,
    "SeparateDatabaseAndState": _both,
}


def main() -> int:
    """Print the problems; 1 when there are any."""
    import django

    django.setup()
    found = problems()
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
