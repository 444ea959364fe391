"""The code forgets the text; the column stays for the release before."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_use")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("item", "price_text")],
        ),
    ]
