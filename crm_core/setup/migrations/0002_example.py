import django.db.models.deletion
import kernel.ids
import kernel.when.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('setup', '0001_initial'),
        ('team', '0004_stages'),
    ]

    operations = [
        migrations.CreateModel(
            name='Example',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('line', models.CharField(max_length=40)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('made', models.JSONField(default=dict)),
                ('began_at', models.DateTimeField(default=kernel.when.clock.now)),
                ('filled_at', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='setup_example_one_row')],
            },
        ),
        migrations.CreateModel(
            name='TourPlace',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('tour', models.CharField(max_length=20)),
                ('step', models.PositiveSmallIntegerField(default=0)),
                ('left_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('changed_at', models.DateTimeField(default=kernel.when.clock.now)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='team.member')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('member', 'tour'), name='setup_tour_once')],
            },
        ),
    ]
