import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('setup', '0002_example'),
        ('team', '0005_partners'),
    ]

    operations = [
        migrations.CreateModel(
            name='Training',
            fields=[
                ('member', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='team.member')),
                ('done', models.JSONField(default=list)),
                ('read_until', models.DateTimeField(null=True)),
                ('put_away', models.BooleanField(default=False)),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
            },
        ),
    ]
