"""Goes through on an empty schema and is refused by the rows of every company."""

from django.db import migrations

from tests.upgrades.ahead.clients import NEWEST


class Migration(migrations.Migration):
    dependencies = [("clients", NEWEST)]

    operations = [
        migrations.RunSQL(["ALTER TABLE team_member ADD CONSTRAINT impossible CHECK (length(name) > 1000)"]),
    ]
