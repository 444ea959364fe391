"""A constraint of the release before is validated, and a column follows."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clients", "9002_index")]

    operations = [ValidateConstraint("company", "clients_company_rank")]
