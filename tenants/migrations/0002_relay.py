"""Schema ``relay``: tickets of background work, insert-only for tenant roles, tied to them by row security."""

from django.db import migrations

FORWARDS = [
    "CREATE SCHEMA relay",
    "CREATE TABLE relay.ticket ("
    " id uuid PRIMARY KEY,"
    " role name NOT NULL DEFAULT current_user,"
    " queue text NOT NULL,"
    " due timestamptz NOT NULL DEFAULT now(),"
    " state text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'running', 'parked')),"
    " attempts integer NOT NULL DEFAULT 0,"
    " run uuid,"
    " lease_until timestamptz,"
    " created_at timestamptz NOT NULL DEFAULT now())",
    "CREATE INDEX ticket_ready ON relay.ticket (queue, role, due) WHERE state = 'ready'",
    "CREATE INDEX ticket_running ON relay.ticket (lease_until) WHERE state = 'running'",
    "CREATE INDEX ticket_role ON relay.ticket (role)",
    "CREATE INDEX ticket_newest ON relay.ticket (created_at DESC)",
    "CREATE TABLE relay.turn (role name PRIMARY KEY, served_at timestamptz NOT NULL)",
    "ALTER TABLE relay.ticket ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY tenants_insert ON relay.ticket FOR INSERT TO PUBLIC"
    " WITH CHECK (role = current_user AND state = 'ready' AND run IS NULL AND attempts = 0)",
    "CREATE POLICY control_all ON relay.ticket FOR ALL TO terem_control USING (true) WITH CHECK (true)",
    "GRANT USAGE ON SCHEMA relay TO PUBLIC",
    "GRANT INSERT ON relay.ticket TO PUBLIC",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON relay.ticket TO terem_control",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON relay.turn TO terem_control",
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, "DROP SCHEMA relay CASCADE")]
