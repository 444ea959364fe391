"""Five ordinary operations of a release."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from tests.upgrades.ahead.clients import NEWEST


class Migration(migrations.Migration):
    dependencies = [("clients", NEWEST)]

    operations = [
        migrations.CreateModel(
            name="Badge",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=40)),
                ("company", models.ForeignKey("clients.Company", models.CASCADE, related_name="badges")),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddIndex("badge", models.Index(fields=["name"], name="clients_badge_name")),
        migrations.AddField("company", "colour", models.CharField(max_length=20, null=True)),
        migrations.AddField("company", "rank", models.IntegerField(db_default=0, default=0)),
        AddConstraintNotValid(
            "company",
            models.CheckConstraint(condition=models.Q(rank__gte=0), name="clients_company_rank"),
        ),
    ]
