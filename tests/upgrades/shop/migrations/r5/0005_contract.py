"""Nobody reads the text any more: its column goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_let_go")]

    operations = [migrations.RunSQL(["ALTER TABLE shop_item DROP COLUMN price_text"])]
