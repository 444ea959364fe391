"""Uses of metered things: ``relay.used`` is insert-only for tenant roles; what was folded is kept, and summed by day."""

import django.db.models.deletion
from django.db import migrations, models

FORWARDS = [
    "CREATE TABLE relay.used ("
    " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " role name NOT NULL DEFAULT current_user,"
    " meter text NOT NULL,"
    " amount integer NOT NULL CHECK (amount > 0),"
    " at timestamptz NOT NULL)",
    "ALTER TABLE relay.used ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY tenants_insert ON relay.used FOR INSERT TO PUBLIC WITH CHECK (role = current_user)",
    "CREATE POLICY control_all ON relay.used FOR ALL TO terem_control USING (true) WITH CHECK (true)",
    "GRANT INSERT ON relay.used TO PUBLIC",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON relay.used TO terem_control",
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0006_recovery")]

    operations = [
        migrations.RunSQL(FORWARDS, "DROP TABLE relay.used"),
        migrations.CreateModel(
            name="Use",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tenant_id", models.UUIDField()),
                ("meter", models.CharField(max_length=40)),
                ("amount", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="tenants_use_moment")],
            },
        ),
        migrations.CreateModel(
            name="UseOfDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("meter", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("value", models.BigIntegerField()),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "meter", "day"), name="tenants_use_of_day_once")
                ],
            },
        ),
    ]
