"""An index on a table that may be large."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("clients", "9001_five")]

    operations = [
        AddIndexConcurrently("company", models.Index(fields=["rank"], name="clients_company_by_rank")),
    ]
