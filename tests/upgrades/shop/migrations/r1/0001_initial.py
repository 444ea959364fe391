from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=40)),
                ("price_text", models.CharField(max_length=20, default="", db_default="")),
            ],
            options={"default_permissions": ()},
        ),
    ]
