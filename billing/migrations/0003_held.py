"""Since when a subscription is paused because its workspace is closing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_metering")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="held_at",
            field=models.DateTimeField(null=True),
        ),
    ]
