import django.db.models.deletion
import kernel.ids
import kernel.when.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0010_example'),
    ]

    operations = [
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('key', models.UUIDField()),
                ('account_id', models.BigIntegerField()),
                ('member_id', models.UUIDField()),
                ('author', models.CharField(max_length=120)),
                ('email', models.CharField(max_length=254)),
                ('role', models.CharField(max_length=80)),
                ('language', models.CharField(default='en', max_length=8)),
                ('subject', models.CharField(max_length=200)),
                ('page', models.CharField(blank=True, default='', max_length=200)),
                ('address', models.CharField(blank=True, default='', max_length=500)),
                ('release', models.CharField(blank=True, default='', max_length=64)),
                ('browser', models.CharField(blank=True, default='', max_length=100)),
                ('request_id', models.CharField(blank=True, default='', max_length=40)),
                ('state', models.CharField(choices=[('open', 'Open'), ('waiting', 'Waiting for you'), ('solved', 'Solved')], default='open', max_length=10)),
                ('asked_at', models.DateTimeField(default=kernel.when.clock.now)),
                ('last_at', models.DateTimeField(default=kernel.when.clock.now)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='tenants.tenant')),
            ],
            options={
                'indexes': [models.Index(fields=['state', '-last_at', '-id'], name='tenants_question_newest'), models.Index(fields=['tenant', '-last_at', '-id'], name='tenants_question_company'), models.Index(fields=['account_id', '-asked_at'], name='tenants_question_person')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'number'), name='tenants_question_number'), models.UniqueConstraint(fields=('tenant', 'key'), name='tenants_question_once')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('key', models.UUIDField()),
                ('by_operator', models.BooleanField(default=False)),
                ('account_id', models.BigIntegerField()),
                ('author', models.CharField(max_length=254)),
                ('text', models.TextField()),
                ('at', models.DateTimeField(default=kernel.when.clock.now)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('question', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='tenants.question')),
            ],
            options={
                'indexes': [models.Index(fields=['account_id', '-at'], name='tenants_message_person')],
                'constraints': [models.UniqueConstraint(fields=('question', 'key'), name='tenants_message_once')],
            },
        ),
    ]
