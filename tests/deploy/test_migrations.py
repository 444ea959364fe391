"""The checker of unsafe migrations: what it refuses and what it lets pass."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.state import ModelState, ProjectState

from deploy.checks import migrations as checker
from tenants.upgrades import rules

CHAR = models.CharField(max_length=20)


def examine(*operations: Any, tenant_side: bool = True) -> str:
    """What the checker says of a migration with these operations on an existing table."""
    before = ProjectState()
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", CHAR),
        ("note", models.TextField(null=True)),
    ]
    before.add_model(ModelState("sales", "Deal", fields))
    migration = migrations.Migration("0002_next", "sales")
    migration.operations = list(operations)
    step = checker.Step("sales", "0002_next", tenant_side, before.clone())
    return "\n".join(checker._examine(step, migration, before))


REFUSED = [
    (
        migrations.AddField("deal", "rank", models.IntegerField()),
        "NOT NULL without a default in the database",
    ),
    (
        migrations.AddField("deal", "code", models.CharField(max_length=9, null=True, db_index=True)),
        "Concurrently",
    ),
    (
        migrations.AddField("deal", "twin", models.ForeignKey("sales.deal", models.CASCADE, null=True)),
        "NOT VALID",
    ),
    (migrations.RemoveField("deal", "note"), "drops deal.note"),
    (migrations.DeleteModel("deal"), "drops deal"),
    (migrations.RenameField("deal", "name", "title"), "renames deal"),
    (migrations.RenameModel("deal", "offer"), "renames deal"),
    (migrations.AlterField("deal", "name", models.IntegerField()), "changes the type of deal.name"),
    (migrations.AlterField("deal", "name", models.CharField(max_length=5)), "changes the type of deal.name"),
    (migrations.AlterField("deal", "id", models.UUIDField(primary_key=True)), "type of the primary key"),
    (migrations.AlterField("deal", "note", models.TextField()), "makes deal.note NOT NULL"),
    (migrations.AddIndex("deal", models.Index(fields=["name"], name="by_name")), "AddIndexConcurrently"),
    (
        migrations.AddConstraint("deal", models.CheckConstraint(condition=~models.Q(name=""), name="named")),
        "AddConstraintNotValid",
    ),
    (migrations.RunPython(migrations.RunPython.noop), "runs Python"),
    (migrations.RunSQL("SELECT 1; SELECT 2"), "several statements"),
    (migrations.RunSQL("CREATE TRIGGER t BEFORE UPDATE ON x FOR EACH ROW EXECUTE FUNCTION f()"), "trigger"),
    (migrations.RunSQL("ALTER TABLE sales_deal ADD CONSTRAINT c CHECK (id > 0)"), "Write NOT VALID"),
    (migrations.RunSQL("CREATE INDEX i ON sales_deal (name)"), "CREATE INDEX CONCURRENTLY"),
    (migrations.RunSQL("ALTER TABLE sales_deal DROP COLUMN name"), "which the models still use"),
    (migrations.RunSQL("DROP TABLE sales_deal"), "which a model still uses"),
    (migrations.RunSQL("ALTER TABLE x ADD FOREIGN KEY (a) REFERENCES public.users (id)"), "public schema"),
]
ALLOWED = [
    migrations.AddField("deal", "rank", models.IntegerField(null=True)),
    migrations.AddField("deal", "rank", models.IntegerField(db_default=0)),
    migrations.AlterField("deal", "name", models.CharField(max_length=40)),
    migrations.AlterField("deal", "name", models.TextField()),
    migrations.RunSQL("CREATE INDEX CONCURRENTLY i ON sales_deal (name)"),
    migrations.RunSQL("ALTER TABLE sales_deal ADD CONSTRAINT c CHECK (id > 0) NOT VALID"),
    migrations.RunSQL("ALTER TABLE sales_deal DROP COLUMN gone"),
    migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("deal", "note")]),
]


@pytest.mark.parametrize(("operation", "sentence"), REFUSED, ids=lambda value: str(value)[:40])
def test_refused(operation: Any, sentence: str) -> None:
    """Each would break or block the running release, and says the way on."""
    said = examine(operation)
    assert sentence in said
    assert said.startswith("sales.0002_next ")


@pytest.mark.parametrize("operation", ALLOWED, ids=lambda value: str(value)[:40])
def test_allowed(operation: Any) -> None:
    """Additions that the running release does not notice."""
    assert examine(operation) == ""


def test_what_a_migration_creates_is_free() -> None:
    """A new table may be indexed and altered at will."""
    said = examine(
        migrations.CreateModel("Stage", [("id", models.BigAutoField(primary_key=True)), ("name", CHAR)]),
        migrations.AddField("stage", "rank", models.IntegerField()),
        migrations.AddIndex("stage", models.Index(fields=["rank"], name="by_rank")),
        migrations.RemoveField("stage", "name"),
    )
    assert said == ""


def test_expand_and_contract_are_apart() -> None:
    """One migration never does both."""
    said = examine(
        migrations.AddField("deal", "rank", models.IntegerField(null=True)),
        migrations.RunSQL("ALTER TABLE sales_deal DROP COLUMN gone"),
    )
    assert "adds and removes. Split it" in said


def test_a_tie_to_the_public_schema_is_refused() -> None:
    """A tenant's schema must be restorable alone; a plain id is enough."""
    column = models.ForeignKey("tenants.Tenant", models.CASCADE, null=True)
    assert "public schema by a foreign key" in examine(migrations.AddField("deal", "owner", column))


def test_parameters_of_sql_are_left_out() -> None:
    """RunSQL items may be pairs of statement and parameters."""
    assert rules.statements([("SELECT %s", [1]), "SELECT 2"]) == ["SELECT %s", "SELECT 2"]


def test_a_default_taken_back_at_once_is_refused() -> None:
    """So Django adds a NOT NULL column without db_default; the running release could not insert."""
    text = 'ALTER TABLE "sales_deal" ALTER COLUMN "rank" DROP DEFAULT'
    (said,) = rules.faults([text], {"sales_deal": {"id"}}, set())
    assert "leaves sales_deal.rank NOT NULL without a default" in said
    assert rules.faults([text], {"sales_deal": {"id"}}, {"sales_deal"}) == []
