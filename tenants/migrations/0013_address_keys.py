from __future__ import annotations

from django.db import migrations, models

import kernel.when.clock


class Migration(migrations.Migration):
    dependencies = [("tenants", "0012_status")]

    operations = [
        migrations.CreateModel(
            name="AddressKey",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("sealed", models.TextField()),
                ("created_at", models.DateTimeField(default=kernel.when.clock.now)),
            ],
        ),
    ]
