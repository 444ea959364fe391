"""The code learns of the column; data step shop.prices fills it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_expand")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddField("item", "price", models.IntegerField(null=True))],
        ),
    ]
