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


@app.task(name="config.tend_upgrades")
def tend_upgrades() -> None:
    """Carry out what operators asked for on the upgrade pages."""
    from kernel import context
    from tenants.api import tend_upgrades as tend

    with context.enter(context.Context(cause="job")):
        tend()


@app.task(name="config.catch_up")
def catch_up() -> None:
    """Upgrade companies that a process of the former release opened after the upgrade."""
    from kernel import context
    from tenants.api import catch_up as fetch

    with context.enter(context.Context(cause="job")):
        fetch()


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


@app.task(name="config.metering")
def metering() -> None:
    """Fold the uses of metered things into sums."""
    from kernel import context
    from tenants.api import fold_uses

    with context.enter(context.Context(cause="job")):
        fold_uses()


@app.task(name="config.letters")
def letters() -> None:
    """Tell the provider what was used on finished days and which workspaces are closing; send the letters of subscriptions."""
    from billing import api
    from kernel import context

    with context.enter(context.Context(cause="job")):
        api.report_uses(days=2)
        api.watch_departures()
        api.watch_letters()
        api.watch_volumes()
        api.send_letters()


@app.task(name="config.measure")
def measure() -> None:
    """Once an hour per active tenant, spread by tenant: report its meters."""
    from config.measuring import run

    run()


@app.task(name="config.recovery")
def recovery() -> None:
    """Do the recovery work that was asked for: snapshots on demand, restores, swaps."""
    from kernel import context
    from tenants.api import work_orders

    with context.enter(context.Context(cause="job")):
        work_orders()


@app.task(name="config.recovery_nightly")
def recovery_nightly() -> None:
    """Snapshots that are due, old ones removed, copies dropped, the weekly drill."""
    from kernel import context
    from tenants.api import recover_nightly

    with context.enter(context.Context(cause="job")):
        recover_nightly()


@app.task(name="config.watch")
def watch() -> None:
    """Look at each part of the service and write down how it is, for the status page."""
    from config.watching import run

    run()


SCHEDULE = {
    "watch": {"task": "config.watch", "schedule": 60.0, "options": {"queue": "control", "expires": 60}},
    "recovery": {"task": "config.recovery", "schedule": 3.0, "options": {"queue": "owner", "expires": 3}},
    "recovery_nightly": {
        "task": "config.recovery_nightly",
        "schedule": 300.0,
        "options": {"queue": "owner", "expires": 300},
    },
    "sweep": {"task": "config.sweep", "schedule": 5.0, "options": {"queue": "control", "expires": 5}},
    "nightly": {"task": "config.nightly", "schedule": 300.0, "options": {"queue": "control", "expires": 300}},
    "billing": {"task": "config.billing", "schedule": 5.0, "options": {"queue": "control", "expires": 5}},
    "metering": {"task": "config.metering", "schedule": 10.0, "options": {"queue": "control", "expires": 10}},
    "letters": {"task": "config.letters", "schedule": 300.0, "options": {"queue": "control", "expires": 300}},
    "measure": {"task": "config.measure", "schedule": 300.0, "options": {"queue": "control", "expires": 300}},
    "reserve": {
        "task": "config.keep_reserve",
        "schedule": 10.0,
        "options": {"queue": "owner", "expires": 10},
    },
    "upgrades": {
        "task": "config.tend_upgrades",
        "schedule": 2.0,
        "options": {"queue": "owner", "expires": 2},
    },
    "catch-up": {"task": "config.catch_up", "schedule": 60.0, "options": {"queue": "owner", "expires": 60}},
}
