"""An item with its price, as the chosen release knows it."""

import os

from django.db import models

from kernel.models import TenantModel

RELEASE = int(os.environ.get("TEREM_TEST_SHOP", "5"))


class Item(TenantModel):
    name = models.CharField(max_length=40)
    if RELEASE <= 3:
        price_text = models.CharField(max_length=20, default="", db_default="")
    if RELEASE >= 3:
        price = models.IntegerField(null=True)

    class Meta:
        app_label = "shop"
        default_permissions = ()
