from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0009_moved_to'),
    ]

    operations = [
        migrations.AlterField(
            model_name='tenant',
            name='copy_kind',
            field=models.CharField(blank=True, choices=[('restored', 'Restored copy'), ('former', 'State before the swap'), ('example', 'Example')], db_default='', default='', max_length=10),
        ),
    ]
