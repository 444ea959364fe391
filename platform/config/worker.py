"""The Celery application for workers and scheduler: ``celery -A config.worker worker -Q tenant``."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config import schedule  # noqa: E402
from kernel.jobs.broker import app  # noqa: E402
from tenants.api import check_start  # noqa: E402

check_start()
app.conf.beat_schedule = schedule.SCHEDULE

__all__ = ["app"]
