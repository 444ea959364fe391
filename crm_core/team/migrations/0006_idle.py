from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('team', '0005_partners'),
    ]

    operations = [
        migrations.AddField(
            model_name='policy',
            name='idle_minutes',
            field=models.PositiveSmallIntegerField(choices=[(30, 'After 30 minutes without use'), (120, 'After 2 hours without use'), (720, 'After 12 hours without use'), (4320, 'After 3 days without use'), (0, 'After 14 days, used or not')], db_default=0, default=0),
        ),
    ]
