from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0008_domains")]

    operations = [
        migrations.AddField(
            model_name="departure",
            name="moved_to",
            field=models.URLField(blank=True, db_default="", default="", max_length=300),
        ),
    ]
