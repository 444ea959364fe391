"""What the schedule does for payments, at once: run as a module with a product's environment.

A test moves the provider's clock; the product hears of it by a delivery or, here, by asking.
"""

from __future__ import annotations

import django


def main() -> None:
    """Compare with the provider, compute leases anew, write and send the letters that are due."""
    django.setup()
    from billing import api
    from kernel import context

    with context.enter(context.Context(cause="command")):
        api.reconcile()
        api.renew_leases()
        api.watch_letters()
        api.send_letters()


if __name__ == "__main__":
    main()
