"""The Celery application for workers and scheduler: ``celery -A config.worker worker -Q tenant``."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config import env, schedule  # noqa: E402
from kernel.jobs import beating  # noqa: E402
from kernel.jobs.broker import app  # noqa: E402
from tenants.api import check_start  # noqa: E402

check_start()
app.conf.beat_schedule = schedule.SCHEDULE
beating.keep(app, env.text("TEREM_BEAT", "File that a worker or scheduler renews while it lives.", ""))

__all__ = ["app"]
