from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('team', '0004_stages'),
    ]

    operations = [
        migrations.AddField(
            model_name='invitation',
            name='partner_extra',
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='invitation',
            name='partner_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='member',
            name='partner_extra',
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='member',
            name='partner_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
