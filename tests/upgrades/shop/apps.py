from typing import Any

from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "tests.upgrades.shop"
    label = "shop"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants.upgrades.data import data_step

        data_step("shop.prices", after="shop.0003_use")(_prices)


def _prices(checkpoint: dict[str, Any]) -> tuple[int, dict[str, Any] | None]:
    """Fill the new column, ten rows at a time."""
    from tests.upgrades.shop.models import Item

    rows = list(Item.objects.filter(id__gt=checkpoint.get("id", 0)).order_by("id")[:10])
    for row in rows:
        Item.objects.filter(id=row.id, price=None).update(price=int(row.price_text or 0))
    return len(rows), {"id": rows[-1].id} if rows else None
