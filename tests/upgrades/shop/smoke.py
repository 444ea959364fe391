"""Use the shop as the chosen release does: add, find, change, remove. Ends with 1 if that fails."""

from __future__ import annotations

import sys

import django


def main() -> None:
    django.setup()
    from kernel import context
    from tenants import api
    from tests.upgrades.shop.models import RELEASE, Item

    field, value, other = ("price_text", "12", "13") if RELEASE < 4 else ("price", 12, 13)
    with context.enter(context.Context(cause="command")), api.inside(api.by_slug(sys.argv[1])):
        item = Item(name="smoke", **{field: value})
        item.save()
        if RELEASE == 3:
            Item.objects.filter(id=item.id).update(price=12)
        assert [getattr(row, field) for row in Item.objects.filter(id=item.id)] == [value]
        Item.objects.filter(id=item.id).update(**{field: other})
        assert Item.objects.get(id=item.id).name == "smoke"
        if sys.argv[2:] != ["keep"]:
            item.delete()


if __name__ == "__main__":
    main()
