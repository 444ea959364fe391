"""What happens by the clock. All of it is idempotent; intervals in seconds."""

from __future__ import annotations

from kernel.jobs.broker import app


@app.task(name="config.sweep")
def sweep() -> None:
    """Give back the work of dead workers and wake workers for what is due."""
    from kernel.jobs.running import sweep as run

    run()


@app.task(name="config.keep_reserve")
def keep_reserve() -> None:
    """Keep blank schemas ready for new companies."""
    from django.conf import settings

    from kernel import context
    from tenants.api import keep_reserve as fill

    with context.enter(context.Context(cause="job")):
        fill(settings.TEREM_RESERVE)


@app.task(name="config.nightly")
def nightly() -> None:
    """Once a day per active tenant, spread by tenant: empty the trash of what is older than 30 days."""
    from config.nightly import run

    run()


@app.task(name="config.billing")
def billing() -> None:
    """Work on the provider's deliveries, and compute the leases anew whose time has come."""
    from billing import api
    from kernel import context

    with context.enter(context.Context(cause="job")):
        api.drain()
        api.renew_leases()


SCHEDULE = {
    "sweep": {"task": "config.sweep", "schedule": 5.0, "options": {"queue": "control", "expires": 5}},
    "nightly": {"task": "config.nightly", "schedule": 300.0, "options": {"queue": "control", "expires": 300}},
    "billing": {"task": "config.billing", "schedule": 5.0, "options": {"queue": "control", "expires": 5}},
    "reserve": {
        "task": "config.keep_reserve",
        "schedule": 10.0,
        "options": {"queue": "owner", "expires": 10},
    },
}
