"""Tickets know what work they are for, and a failed one stays for the operators until it is tried again."""

from django.db import migrations

FORWARDS = [
    "ALTER TABLE relay.ticket ADD COLUMN name text NOT NULL DEFAULT ''",
    "ALTER TABLE relay.ticket ADD COLUMN failed_at timestamptz",
    "ALTER TABLE relay.ticket DROP CONSTRAINT ticket_state_check",
    "ALTER TABLE relay.ticket ADD CONSTRAINT ticket_state_check"
    " CHECK (state IN ('ready', 'running', 'parked', 'failed')) NOT VALID",
    "CREATE INDEX ticket_parked ON relay.ticket (role) WHERE state = 'parked'",
    "CREATE INDEX ticket_failed ON relay.ticket (failed_at) WHERE state = 'failed'",
]
BACKWARDS = [
    "DELETE FROM relay.ticket WHERE state = 'failed'",
    "DROP INDEX relay.ticket_parked",
    "ALTER TABLE relay.ticket DROP COLUMN failed_at",
    "ALTER TABLE relay.ticket DROP COLUMN name",
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_console")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
