"""The column is there before any code knows it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AddField("item", "price", models.IntegerField(null=True))],
        ),
    ]
